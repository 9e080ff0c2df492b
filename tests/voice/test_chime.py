"""Two tones that wake attention and hurt nobody."""

from array import array

import pytest

from queue_server.voice.chime import chime


def _loudest(samples: "array[int]") -> int:
    return max(max(samples), -min(samples))


def test_the_chime_is_two_tones_that_die_away() -> None:
    """A second stroke is louder than what is left of the first, and the end is nearly silent."""
    clip = chime(22050, 1.0)
    assert clip.duration_s == pytest.approx(1.4)
    first, before_second, second = clip.samples[:4000], clip.samples[8800:9900], clip.samples[9923:13000]
    assert _loudest(first) > 2 * _loudest(before_second)
    assert _loudest(second) > 2 * _loudest(before_second)
    assert _loudest(clip.samples[-500:]) < 0.05 * _loudest(clip.samples)


@pytest.mark.parametrize("rate", [16000, 22050, 44100])
def test_the_chime_follows_the_volume_and_never_clips(rate: int) -> None:
    """Half of full scale at most."""
    assert chime(rate, 1.0).peak == pytest.approx(0.5, abs=0.01)
    assert chime(rate, 0.5).peak == pytest.approx(0.25, abs=0.01)
    assert abs(chime(rate, 1.0).samples[0]) < 100
