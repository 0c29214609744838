"""Mẫu riêng của cơ quan: a DOCX with places to fill, checked, filled in a sandbox, and turned into pages."""
