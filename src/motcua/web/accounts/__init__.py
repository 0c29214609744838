"""Tài khoản: sign in, second factor, sessions, delegation of one's own post."""
