"""The verbs of organisation: each one transaction, one event."""
