"""What must be able to forget: accounts, sessions, device tokens, free text and personal data, each with its expiry."""
