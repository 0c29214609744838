"""Nền móng: who, where, when, which file, and what has happened."""
