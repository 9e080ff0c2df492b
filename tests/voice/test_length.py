"""How long a sentence takes."""

import pytest

from queue_server.voice.length import expected_s, fault_in, syllables
from tests.voice.fakes import PACE, tone

TEXT = "请，诶零零三号，到三号窗口办理"


@pytest.mark.parametrize(
    ("text", "expected"),
    [(TEXT, (13, 2)), ("Ticket A, zero three, please go to counter nine.", (12, 3))],
)
def test_syllables_are_counted(text: str, expected: tuple[int, int]) -> None:
    """One a character; one a group of vowels, without the silent e at the end."""
    assert syllables(text) == expected


@pytest.mark.parametrize(
    ("factor", "is_measured", "fine"), [(1, True, True), (0.7, True, False), (1.5, True, False), (0.7, False, True)]
)
def test_a_clip_of_another_length_is_at_fault(factor: float, is_measured: bool, fine: bool) -> None:
    """A forgotten rate makes it a third shorter; of an engine that nobody measured, more is borne."""
    clip = tone(factor * expected_s(TEXT, PACE["zh"], 135))
    assert (fault_in(clip, TEXT, PACE["zh"], 135, is_measured=is_measured) is None) is fine
