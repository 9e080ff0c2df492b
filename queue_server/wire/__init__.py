"""The live protocol, without I/O and without a clock, for both of its ends; see docs/protocol.md."""
