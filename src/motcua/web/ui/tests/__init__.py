"""Tests of the interface: the base of pages, forms, wording."""
