"""Việc với kho quốc gia."""
