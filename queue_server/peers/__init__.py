"""What servers over one Redis tell each other beside histories and records: soft state, which may be lost."""
