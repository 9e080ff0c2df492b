"""Recorded clips made one sentence: equally loud, without clicks, and with silences of the right length. Pure."""

import math
from array import array
from collections.abc import Iterable

from queue_server.voice.audio import PAD_S, Clip, faded, join, resampled, scaled, silence, trimmed

__all__ = ["levelled", "prepared", "stitched"]

LEVEL = 0.12  # root mean square of a clip at full volume: as loud as espeak's voices
MOST = 0.95  # of full scale, for a clip with a high peak


def levelled(clip: Clip) -> Clip:
    """The clip as loud as all others; a silent one stays so."""
    power = math.fsum(sample * sample for sample in clip.samples) / max(1, len(clip.samples))
    if not power:
        return clip
    return scaled(clip, min(LEVEL * 32768 / math.sqrt(power), MOST / clip.peak))


def prepared(recording: Clip, rate: int) -> Clip:
    """A recording cut to what is heard of it, with soft ends, at the pack's rate and level; empty for silence."""
    loud = scaled(recording, MOST / recording.peak) if recording.peak else recording  # or soft speech is cut as silence
    pad = silence(rate, PAD_S)  # a recording cut too close has none of its own
    return levelled(trimmed(join([pad, faded(resampled(loud, rate)), pad])))


def stitched(pieces: Iterable[tuple[float, Clip]], rate: int) -> Clip:
    """One sentence. pieces: seconds of silence before a clip, and the prepared clip; what was left of the silence
    around it counts, so that the silence is as long as it is to be.
    """
    parts = [Clip(rate, array("h"))]
    for gap_s, clip in pieces:
        parts += [silence(rate, max(0.0, gap_s - 2 * PAD_S)), clip]
    return join(parts)
