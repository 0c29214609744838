"""Acts on accounts, links, sessions and representatives of citizens."""
