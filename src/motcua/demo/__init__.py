"""Tỉnh mẫu: a province of 2026 made only by calling the same operations as its people would."""
