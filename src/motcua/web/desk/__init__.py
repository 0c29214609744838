"""Bàn làm việc: the pages of specialists and leaders."""
