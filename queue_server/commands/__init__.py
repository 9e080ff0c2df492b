"""The command line: one module per command or kind of thing it is about."""
