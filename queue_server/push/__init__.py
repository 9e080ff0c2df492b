"""From committed events to sockets: what each topic says, encoded once, and the same bytes for every reader."""
