"""Loads cameras from a list into PostgreSQL; see __main__.py."""
