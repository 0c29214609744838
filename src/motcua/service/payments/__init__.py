"""Thanh toán: what is to be paid, how it was paid, where each đồng stands, and what does not agree with the bank."""
