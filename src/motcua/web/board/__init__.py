"""Điều hành, giám sát: the pages of those who watch over the work of all."""
