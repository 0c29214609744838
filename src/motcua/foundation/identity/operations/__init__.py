"""The verbs of identity: each one transaction, one event."""
