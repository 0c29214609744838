"""Giải quyết thủ tục hành chính: catalogue, internal workflow, dossier, paper."""
