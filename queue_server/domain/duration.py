"""How long a service takes, learned from the services that were finished."""

import math

from queue_server.domain.value import Value

__all__ = ["Learned", "learn"]

MEMORY = 500
"""Weight is capped here, so that after some weeks old days fade."""


class Learned(Value, frozen=True, kw_only=True):
    """A running summary of durations: how many, mean and variance of their log seconds."""

    count: int = 0
    mean: float = 0.0
    variance: float = 0.0


def learn(so_far: Learned | None, seconds: float) -> Learned:
    """Summary with one more duration (seconds, taken as at least 1)."""
    old = so_far or Learned()
    count = min(old.count + 1, MEMORY)
    delta = math.log(max(seconds, 1.0)) - old.mean
    mean = old.mean + delta / count
    variance = old.variance + (delta * (delta + old.mean - mean) - old.variance) / count
    return Learned(count=count, mean=mean, variance=max(variance, 0.0))
