"""Việc của phòng thanh toán: one verb, one transaction, one event."""
