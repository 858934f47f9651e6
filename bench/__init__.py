"""Measurements against other ways of building the same dashboard; see bench/README.md."""
