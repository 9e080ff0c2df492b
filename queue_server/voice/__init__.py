"""A hall's voice, for the announcer and for the server: what is said, and the sound of it."""
