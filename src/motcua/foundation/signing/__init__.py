"""Chữ ký số: who may sign with which certificate, signing PDF as PAdES, and saying what a signed file is worth."""
