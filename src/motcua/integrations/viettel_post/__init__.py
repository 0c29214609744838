"""Viettel Post: orders and their changes, prices, and the words that it calls us with; a simulator that ships."""
