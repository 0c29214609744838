"""Thông báo: what was told to people, through which channel, and whether it is known to have arrived."""
