"""Cổng tin nhắn: SMS and Zalo by one HTTP contract whose names are data; a simulator shows the phone of a demo."""
