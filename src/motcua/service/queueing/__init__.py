"""Hàng chờ tại Một cửa: numbers, desks, who is called next, how long it will take, and appointments by time slot."""
