"""Tests of `queue_server.peers`."""
