"""Định danh: staff who sign in and what they may do; people and organisations as applicants."""
