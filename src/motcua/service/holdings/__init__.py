"""Kho giấy tờ: what people need not bring again, with provenance and consent; and how a paper is digitised."""
