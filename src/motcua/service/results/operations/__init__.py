"""The verbs of electronic results."""
