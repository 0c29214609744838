"""Nhật ký sự kiện: what has happened, append-only, chained by hash per subject; also the outbox."""
