"""How long a service takes, learned from the services that were finished.

Service times are taken as log-normal: never negative, most of them short, a few very long. What is learned is the mean
and the variance of the logarithm, so one exceptional case hardly moves it.
"""

import math

from queue_server.domain.value import Value

__all__ = ["ENOUGH", "Learned", "expected", "learn", "remaining"]

ENOUGH = 30
"""Samples before what was learned is believed rather than what was configured."""

MEMORY = 500
"""Weight is capped here, so that after some weeks old days fade."""

ROBUST_AFTER = 10
"""Samples from which on an outlier is recognised as one."""

FENCE = 3.0
"""Standard deviations of the logarithm beyond which a duration counts as if it lay there: a service that was forgotten
open over lunch is noticed, and does no harm."""

LEAST_SD = 0.25
"""Of the logarithm, for the fence alone: without it, ten equal durations would shut out every other one for good."""

CONFIGURED_VARIATION = 0.6
"""Standard deviation over mean where nothing was learned: between a routine stamp (0.3) and mixed counters (0.8)."""


class Learned(Value, frozen=True, kw_only=True):
    """A running summary of durations: how many, mean and variance of their log seconds."""

    count: int = 0
    mean: float = 0.0
    variance: float = 0.0


def learn(so_far: Learned | None, seconds: float) -> Learned:
    """Summary with one more duration (seconds, taken as at least 1). An outlier counts as if it lay at the fence."""
    old = so_far or Learned()
    value = math.log(max(seconds, 1.0))
    if old.count >= ROBUST_AFTER:
        reach = FENCE * max(math.sqrt(old.variance), LEAST_SD)
        value = min(max(value, old.mean - reach), old.mean + reach)
    count = min(old.count + 1, MEMORY)
    delta = value - old.mean
    mean = old.mean + delta / count
    variance = old.variance + (delta * (value - mean) - old.variance) / count
    return Learned(count=count, mean=mean, variance=max(variance, 0.0))


def expected(learned: Learned | None, configured_s: float) -> tuple[float, float]:
    """Mean and standard deviation of one service, seconds.

    configured_s: the mean to go by while fewer than `ENOUGH` were measured; None is nothing learned.
    """
    if learned is None or learned.count < ENOUGH:
        return float(configured_s), CONFIGURED_VARIATION * configured_s
    mean = math.exp(learned.mean + learned.variance / 2)
    return mean, mean * math.sqrt(math.expm1(learned.variance))


def remaining(mean_s: float, sd_s: float, spent_s: float) -> tuple[float, float]:
    """Mean and standard deviation of what is left of a service that has taken `spent_s` so far, seconds.

    The conditional moments of the log-normal with that mean and deviation. A service that takes far longer than usual
    is expected to take longer still, in proportion, as it does in truth.
    """
    if spent_s <= 0 or mean_s <= 0:
        return mean_s, sd_s
    if sd_s < mean_s / 1000:
        return max(mean_s - spent_s, 0.0), 0.0
    variance = math.log1p((sd_s / mean_s) ** 2)
    sigma = math.sqrt(variance)
    z = (math.log(spent_s / mean_s) + variance / 2) / sigma
    left = _beyond(z)
    if left < 1e-9:  # six deviations out the ratios below would be noise; the tail is nearly exponential there
        longer = spent_s * sigma / max(z - sigma, 1.0)
        return longer, longer
    first = mean_s * _beyond(z - sigma) / left
    second = (mean_s**2 + sd_s**2) * _beyond(z - 2 * sigma) / left
    return max(first - spent_s, 0.0), math.sqrt(max(second - first**2, 0.0))


def _beyond(z: float) -> float:
    """Share of a standard normal above z."""
    return math.erfc(z / math.sqrt(2)) / 2
