"""Công dân, tổ chức đăng nhập: accounts from outside, whom they are linked to, for whom they act, their sessions."""
