"""Biểu mẫu, sổ: the official forms and the register, printed from facts."""
