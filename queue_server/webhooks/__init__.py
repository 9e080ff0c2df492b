"""What a hall tells a program of its own, which passes it on by SMS or messenger: signed, and repeated until taken."""
