"""The way to a provider and back."""
