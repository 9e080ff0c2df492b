"""From a sentence to the recorded clips that say it, and the silences between them. Pure.

A sentence is looked at as tokens: a Chinese character each, a word each in other scripts. The plan with the fewest
clips wins, because phrases that were spoken in one breath sound better than syllables put together.
"""

import re
from collections.abc import Set
from typing import NamedTuple

__all__ = ["Piece", "breaths", "plan", "tokens"]

BETWEEN_SIGNS_S = 0.05  # in a number: as fast as people say one
BETWEEN_PHRASES_S = 0.16
AT_PAUSE_S = 0.2  # where the sentence has a comma

_PAUSES = "，。、；：！？,.;:!?"
_TOKEN = re.compile(rf"[一-鿿]|[{_PAUSES}]|[^\s一-鿿{_PAUSES}]+")


class Piece(NamedTuple):
    """One clip of a plan."""

    clip: tuple[str, ...]  # its tokens
    gap_s: float  # of silence before it; 0 for the first


def tokens(text: str) -> tuple[str, ...]:
    """What a clip of `text` has to say: without punctuation, and with small letters alone."""
    return tuple(token for token in _TOKEN.findall(text.lower()) if token not in _PAUSES)


def breaths(text: str) -> list[str]:
    """The parts of a sentence that are spoken in one breath."""
    return [part.strip() for part in re.split(f"[{_PAUSES}]", text) if part.strip()]


def plan(text: str, clips: Set[tuple[str, ...]], signs: Set[tuple[str, ...]]) -> list[Piece] | None:
    """The clips to play for a sentence; None when they cannot say all of it.

    clips: by their tokens. signs: those of them that are digits or letters, which follow each other faster.
    """
    wanted, pauses = _spoken(text)
    longest = max(map(len, clips), default=0)
    best: dict[int, list[tuple[str, ...]]] = {0: []}  # fewest clips that say the first so many tokens
    for end in range(1, len(wanted) + 1):
        for start in range(max(0, end - longest), end):
            clip = wanted[start:end]
            if start in best and clip in clips and (end not in best or len(best[start]) + 1 < len(best[end])):
                best[end] = [*best[start], clip]
    if not wanted or len(wanted) not in best:
        return None
    pieces: list[Piece] = []
    at = 0
    for clip in best[len(wanted)]:
        pieces.append(Piece(clip, _gap(pieces[-1].clip, clip, at in pauses, signs) if pieces else 0.0))
        at += len(clip)
    return pieces


def _gap(before: tuple[str, ...], after: tuple[str, ...], is_pause: bool, signs: Set[tuple[str, ...]]) -> float:
    if is_pause:
        return AT_PAUSE_S
    return BETWEEN_SIGNS_S if before in signs and after in signs else BETWEEN_PHRASES_S


def _spoken(text: str) -> tuple[tuple[str, ...], set[int]]:
    """The tokens that are said, and before which of them there is a pause."""
    said: list[str] = []
    pauses = set()
    for token in _TOKEN.findall(text.lower()):
        if token in _PAUSES:
            pauses.add(len(said))
        else:
            said.append(token)
    return tuple(said), pauses
