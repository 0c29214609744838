"""The verbs of filings."""
