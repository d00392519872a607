"""Plans as a page: one file that needs no network, with and without JavaScript."""

from pipeline.render.html.page import render

__all__ = ["render"]
