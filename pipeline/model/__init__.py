"""The pure vocabulary that every other room speaks. Imports nothing but `pipeline.errors`."""
