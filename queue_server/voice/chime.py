"""The two tones before a call, made here: nothing to ship, nothing to license."""

import math
from array import array
from functools import lru_cache

from queue_server.voice.audio import Clip

__all__ = ["chime"]

TONES = ((659.26, 0.0), (523.25, 0.45))  # E5, then C5: (Hz, start in seconds)
DURATION_S = 1.4
DECAY_S = 0.28  # to 1/e
ATTACK_S = 0.004  # against the click of a tone that begins at full strength
OCTAVE = 0.25  # share of the tone above, which makes it a bell rather than a beep
LEVEL = 0.5  # peak at volume 1: about as loud as a voice


@lru_cache(maxsize=4)
def chime(rate: int, volume: float) -> Clip:
    """Ding-dong. rate: samples a second. volume: 0–1."""
    mixed = [0.0] * round(rate * DURATION_S)
    for pitch, start_s in TONES:
        start = round(rate * start_s)
        for index in range(len(mixed) - start):
            at = index / rate
            angle = 2 * math.pi * pitch * at
            swing = math.sin(angle) + OCTAVE * math.sin(2 * angle)
            mixed[start + index] += swing * math.exp(-at / DECAY_S) * min(1.0, at / ATTACK_S)
    scale = LEVEL * volume * 32767 / max(map(abs, mixed))
    return Clip(rate, array("h", (round(value * scale) for value in mixed)))
