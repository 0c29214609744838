"""The verbs of the queue."""
