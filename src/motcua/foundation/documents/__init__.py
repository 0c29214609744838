"""Tài liệu: files stored once by their SHA-256, sniffed, scanned, previewed; the data of a digitised paper."""
