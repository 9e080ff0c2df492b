"""Clips made one sentence: the samples themselves are looked at."""

import math
from array import array
from collections.abc import Callable
from itertools import pairwise

import pytest

from queue_server.voice.audio import FULL_SCALE, Clip, join, silence
from queue_server.voice.stitching import LEVEL, prepared, stitched
from tests.voice.fakes import tone

RATE = 22050
GAPS = [0.0, 0.05, 0.16, 0.2]


def recording(level: float, rate: int = RATE) -> Clip:
    """As a person leaves it: silence of some length around the voice."""
    return join([silence(rate, 0.25), tone(0.3, rate=rate, level=level), silence(rate, 0.4)])


def cut_out(level: float) -> Clip:
    """A digit cut out of a sentence: in the middle of a wave, without any silence."""
    return Clip(RATE, tone(0.3, level=level).samples[13:-17])


def silences_s(clip: Clip) -> list[float]:
    """The stretches in the middle of it in which less is heard than 1 % of full scale, seconds, longer than 20 ms."""
    loud = [index for index, sample in enumerate(clip.samples) if abs(sample) >= FULL_SCALE // 100]
    return [(b - a) / clip.rate for a, b in pairwise(loud) if b - a > 0.02 * clip.rate]


@pytest.mark.parametrize("recorded", [recording, cut_out])
def test_silences_are_as_long_as_planned(recorded: Callable[[float], Clip]) -> None:
    """Whatever silence the recordings had around them."""
    clips = [prepared(recorded(level), RATE) for level in (0.1, 0.5, 0.9, 0.3)]
    sentence = stitched(zip(GAPS, clips, strict=True), RATE)
    assert silences_s(sentence) == [pytest.approx(gap, abs=0.003) for gap in GAPS[1:]]


def step(clip: Clip) -> float:
    """The largest step between two samples, in steps of a tone that is as loud: a click is many times that."""
    steepest = clip.peak * FULL_SCALE * 2 * math.pi * 440 / RATE
    return max(abs(b - a) for a, b in pairwise(clip.samples)) / steepest


def test_no_joint_clicks() -> None:
    """Cut in the middle of a wave and simply joined, the same recordings do."""
    cuts = [cut_out(level) for level in (0.9, 0.5, 0.9)]
    assert step(join([silence(RATE, 0.05), *cuts, silence(RATE, 0.05)])) > 3
    sentence = stitched(zip(GAPS[:3], [prepared(cut, RATE) for cut in cuts], strict=True), RATE)
    assert step(sentence) < 1.05
    assert sentence.samples[0] == sentence.samples[-1] == 0


@pytest.mark.parametrize("level", [0.03, 0.2, 0.9])
@pytest.mark.parametrize("rate", [16000, 22050, 48000])
def test_all_are_equally_loud_at_one_rate(level: float, rate: int) -> None:
    """However near the speaker sat, and whatever recorded it."""
    clip = prepared(recording(level, rate), RATE)
    assert clip.rate == RATE
    power = math.sqrt(sum(sample * sample for sample in clip.samples) / len(clip.samples)) / FULL_SCALE
    assert power == pytest.approx(LEVEL, rel=0.02)
    assert clip.duration_s == pytest.approx(0.3 + 0.03, abs=0.003)


def test_a_click_in_a_recording_does_not_pass_full_scale() -> None:
    """A short loud peak in soft speech: it is not made louder than the sound card takes."""
    samples = tone(0.5, level=0.02).samples
    samples[5000] = 30000
    assert prepared(Clip(RATE, samples), RATE).peak <= 0.96


def test_silence_stays_silence() -> None:
    """And is noticed by whoever made the pack."""
    assert prepared(silence(RATE, 1), RATE).samples == array("h")
