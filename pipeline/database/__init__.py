"""Rows <-> State: everything that knows PostgreSQL."""
