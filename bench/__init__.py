"""Đo tốc độ: each module has `measure() -> list[Figure]`; `make bench` runs them all and prints one table."""
