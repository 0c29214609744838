"""Kết quả điện tử: the signed paper with its own id, published to its holder, verified by anybody, replaced, revoked."""
