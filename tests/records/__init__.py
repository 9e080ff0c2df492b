"""Tests of `queue_server.records`."""
