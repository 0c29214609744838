"""Một cửa: the counter clerk's pages."""
