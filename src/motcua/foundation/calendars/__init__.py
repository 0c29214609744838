"""Lịch làm việc, thời hạn: the calendar of an agency, the regimes of law, and the clock that decides every date."""
