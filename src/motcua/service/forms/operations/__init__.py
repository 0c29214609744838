"""Việc của biểu mẫu: draft, publish, answer."""
