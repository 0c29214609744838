"""Hồ sơ: the life of a dossier from the counter to its result."""
