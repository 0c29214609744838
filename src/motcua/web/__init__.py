"""Pages, grouped by the people who use them. A page asks and calls one operation; it never writes."""
