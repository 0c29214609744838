"""Bộ thủ tục hành chính: the catalogue, revision by revision."""
