"""Nối với bên ngoài: one room per outside system, each with its contract, its client and its simulator."""
