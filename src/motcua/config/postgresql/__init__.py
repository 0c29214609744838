"""PostgreSQL của Django, with one habit of our own."""
