"""Biểu mẫu điện tử: forms as versioned data, the one rule language of their conditions, and the answers given to them."""
