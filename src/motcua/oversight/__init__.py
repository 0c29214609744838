"""Tầng giám sát: what watches the service floor. It reads facts and events; it is read by pages."""
