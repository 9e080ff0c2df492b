"""Paper: what a slip says, how it is laid out, and how it gets to a printer."""
