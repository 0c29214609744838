"""Giao diện: design tokens, components, the base pages. The only room whose macros every audience uses."""
