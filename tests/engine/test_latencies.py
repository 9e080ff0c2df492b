"""Durations, counted by how long they were."""

import math

from queue_server.engine.latencies import BOUNDS_S, Latencies


def test_each_counts_for_every_bound_that_it_does_not_exceed() -> None:
    """A bound holds what lasts exactly as long."""
    latencies = Latencies()
    for lasted_s in (0.0, 0.001, 0.0011, 0.3, 99.0):
        latencies.add(lasted_s)
    found = dict(latencies.up_to())
    assert list(found) == [*BOUNDS_S, math.inf]
    assert (found[0.001], found[0.002], found[0.2], found[0.5], found[10.0], found[math.inf]) == (2, 3, 3, 4, 4, 5)
    assert math.isclose(latencies.total_s, 99.3021)
