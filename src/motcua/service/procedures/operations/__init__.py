"""The verbs of the catalogue: each one transaction, one event."""
