"""Mono sound of 16 bits: read, cut, joined and written. Pure: files are bytes here."""

import sys
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate, pairwise

__all__ = ["BadSound", "Clip", "faded", "join", "read_wav", "resampled", "scaled", "silence", "trimmed", "write_wav"]

FULL_SCALE = 32768
QUIET = FULL_SCALE // 100  # what is below 1 % at the ends of a clip is silence
PAD_S = 0.015  # kept of the silence, so that soft consonants are not cut
FADE_S = 0.005  # against clicks at the cuts


class BadSound(ValueError):
    """Bytes that are no WAV of the kind that we play. `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Clip:
    """Some sound."""

    rate: int  # samples a second
    samples: "array[int]"  # typecode h, not changed after it was made

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate

    @property
    def peak(self) -> float:
        """The loudest sample, 0–1."""
        return max(max(self.samples), -min(self.samples)) / FULL_SCALE if self.samples else 0.0


def read_wav(data: bytes) -> Clip:
    """The sound in a WAV file of 16 bits; two channels become one. Raises BadSound."""
    try:
        with wave.open(BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as exc:
        raise BadSound("no WAV file") from exc
    if width != 2 or channels not in (1, 2) or not rate:
        raise BadSound(f"{channels} channels of {8 * width} bits at {rate} Hz")
    samples = array("h", frames[: len(frames) // (2 * channels) * 2 * channels])
    if sys.byteorder == "big":
        samples.byteswap()
    if channels == 2:
        samples = array("h", ((left + right) // 2 for left, right in zip(samples[::2], samples[1::2], strict=True)))
    return Clip(rate, samples)


def write_wav(clip: Clip) -> bytes:
    """The clip as a WAV file."""
    samples = clip.samples
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    data = BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(clip.rate)
        file.writeframes(samples.tobytes())
    return data.getvalue()


def silence(rate: int, duration_s: float) -> Clip:
    """Nothing, for a while."""
    return Clip(rate, array("h", bytes(2 * round(rate * duration_s))))


def trimmed(clip: Clip) -> Clip:
    """The clip without the silence at its ends; empty when it is silent throughout."""
    loud = (index for index, sample in enumerate(clip.samples) if abs(sample) >= QUIET)
    first = next(loud, None)
    if first is None:
        return Clip(clip.rate, array("h"))
    size = len(clip.samples)
    last = next(index for index in range(size - 1, -1, -1) if abs(clip.samples[index]) >= QUIET)
    pad = round(clip.rate * PAD_S)
    return faded(Clip(clip.rate, clip.samples[max(0, first - pad) : last + 1 + pad]))


def faded(clip: Clip) -> Clip:
    """The clip with soft ends: a cut in the middle of a wave would click."""
    samples = clip.samples[:]
    fade = min(round(clip.rate * FADE_S), len(samples) // 2)
    for index in range(fade):
        samples[index] = samples[index] * index // fade
        samples[-1 - index] = samples[-1 - index] * index // fade
    return Clip(clip.rate, samples)


def resampled(clip: Clip, rate: int) -> Clip:
    """The clip at another rate, between its samples by straight lines, or as their means: good enough for speech."""
    if rate == clip.rate or not clip.samples:
        return Clip(rate, clip.samples)
    if rate < clip.rate:  # high tones that the new rate cannot carry would come back as low ones
        sums = [0, *accumulate(clip.samples)]
        bounds = [index * clip.rate // rate for index in range(len(clip.samples) * rate // clip.rate + 1)]
        return Clip(rate, array("h", ((sums[b] - sums[a]) // (b - a) for a, b in pairwise(bounds))))
    old, last = clip.samples, len(clip.samples) - 1
    samples = array("h")
    for index in range(len(old) * rate // clip.rate):
        place, part = divmod(index * clip.rate, rate)
        samples.append(old[place] + (old[min(place + 1, last)] - old[place]) * part // rate)
    return Clip(rate, samples)


def scaled(clip: Clip, factor: float) -> Clip:
    """The clip so many times as loud; what would pass full scale is held there."""
    if factor == 1:
        return clip
    loudest = FULL_SCALE - 1
    return Clip(clip.rate, array("h", (max(-FULL_SCALE, min(loudest, round(s * factor))) for s in clip.samples)))


def join(clips: Iterable[Clip]) -> Clip:
    """One after the other, at the rate of the first. At least one is needed."""
    first, *rest = clips
    samples = first.samples[:]
    for clip in rest:
        samples += resampled(clip, first.rate).samples
    return Clip(first.rate, samples)
