"""A sentence is said in the fewest clips, with silences of the right length, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.voice.clip_plan import breaths, plan, tokens

SIGNS = {tokens(text) for text in ("诶", "艾弗", "零", "一", "三", "A", "zero", "three")}
PHRASES = {
    tokens(text) for text in ("请", "号", "到三号窗口办理", "到", "号窗口办理", "Ticket", "please go to counter 3.")
}
CLIPS = SIGNS | PHRASES


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        (
            "请，诶零三号，到三号窗口办理",
            [("请", 0), ("诶", 0.2), ("零", 0.05), ("三", 0.05), ("号", 0.16), ("到三号窗口办理", 0.2)],
        ),
        ("请艾弗零号", [("请", 0), ("艾弗", 0.16), ("零", 0.05), ("号", 0.16)]),
        ("到一号窗口办理", [("到", 0), ("一", 0.16), ("号窗口办理", 0.16)]),
        (
            "Ticket A, zero three, please go to counter 3.",
            [("ticket", 0), ("a", 0.16), ("zero", 0.2), ("three", 0.05), ("please go to counter 3", 0.2)],
        ),
    ],
)
def test_the_longest_phrases_are_taken(text: str, planned: list[tuple[str, float]]) -> None:
    """Joined phrases are understood, joined syllables hardly; inside a number it goes fast, at a comma slowly."""
    pieces = plan(text, CLIPS, SIGNS)
    assert pieces is not None
    joint = " " if text.isascii() else ""
    assert [(joint.join(piece.clip), piece.gap_s) for piece in pieces] == planned


@pytest.mark.parametrize("text", ["请，诶零五号", "Ticketed A", "到四号窗口办理", "", "，。"])
def test_what_cannot_be_said_whole_is_not_said(text: str) -> None:
    """Not even the part of it for which there are clips."""
    assert plan(text, CLIPS, SIGNS) is None


@given(st.lists(st.sampled_from(sorted(CLIPS)), min_size=1, max_size=12))
def test_a_plan_says_the_sentence_and_nothing_else(clips: list[tuple[str, ...]]) -> None:
    """Whatever is put together from clips can be said, in no more clips than that."""
    text = " ".join(" ".join(clip) for clip in clips)
    pieces = plan(text, CLIPS, SIGNS)
    assert pieces is not None
    assert len(pieces) <= len(clips)
    assert [token for piece in pieces for token in piece.clip] == [token for clip in clips for token in clip]


def test_a_long_sentence_takes_no_longer_than_it_is() -> None:
    """Nobody's sentence keeps the hall waiting."""
    assert plan("请" * 400 + "五", CLIPS, SIGNS) is None


def test_breaths_are_parted_by_punctuation() -> None:
    """They are what a speaker says at once."""
    assert breaths("请，诶零三号，到三号窗口办理") == ["请", "诶零三号", "到三号窗口办理"]
