"""Hồ sơ nộp trực tuyến: what was filed on line, until the one-stop unit has answered it and taken it in."""
