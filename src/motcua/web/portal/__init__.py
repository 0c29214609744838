"""Cổng dịch vụ công: what anyone may see without signing in as staff."""
