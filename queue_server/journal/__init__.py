"""What was accepted, in order, on disk: the contract (`base`), its implementations, and the events' bytes (`codec`)."""
