"""Việc với danh tính ký số."""
