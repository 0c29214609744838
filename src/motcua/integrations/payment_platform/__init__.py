"""Cổng thanh toán: the national Payment Platform and its variants, each a small adapter, and a simulator that ships."""
