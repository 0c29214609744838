"""Điện thoại mô phỏng: what a demo's messages would look like on a phone."""
