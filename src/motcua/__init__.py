"""Một cửa: the open system with which a province receives, settles and answers administrative procedures."""

__version__ = "0.1.0"
