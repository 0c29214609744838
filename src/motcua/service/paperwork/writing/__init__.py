"""Viết tờ giấy ra tệp: PDF/A by typst, DOCX by python-docx; and a DOCX read back into a sheet."""
