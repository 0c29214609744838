"""Viettel Post: orders and their later changes by its contract, and a simulator that ships."""
