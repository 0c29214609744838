"""Giao diện cho máy: what machines of others may ask and do, by HTTP and JSON. See docs/queue-api.md."""
