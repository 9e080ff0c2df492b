"""The wall and its voice: programs that follow a hall's live topics. The announcer speaks every call."""
