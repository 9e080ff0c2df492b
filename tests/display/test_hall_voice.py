"""How the hall wants its calls spoken, and what an announcer was told instead."""

from datetime import datetime
from typing import Any

import pytest

from display.hall_voice import HallVoice, Wishes
from tests.wire.vectors import load

NOON = datetime.fromisoformat("2026-11-02T04:00:00Z")


@pytest.mark.parametrize("case", load("hall_voice"), ids=lambda case: case["name"])
def test_the_vectors(case: dict[str, Any]) -> None:
    """The same boards that a hall screen reads; volumes by the hall's own clock."""
    voice = HallVoice.of(case["state"])
    assert (list(voice.languages), voice.repeat, voice.yao) == (case["languages"], case["repeat"], case["yao"])
    assert {at: voice.volume_at(datetime.fromisoformat(at)) for at in case["volumes"]} == case["volumes"]


def test_what_an_announcer_was_told_goes_before_the_hall_s_word() -> None:
    """Each part by itself; a volume of its own holds at every time of day."""
    hall = HallVoice(languages=("zh", "en"), repeat=3, yao=True, volume=70, spans=(("00:00", "24:00", 0),))
    assert Wishes().over(hall) == hall
    assert hall.volume_at(NOON) == 0
    assert Wishes(volume=40).over(hall).volume_at(NOON) == 40
    told = Wishes(languages=("en",), repeat=1, yao=False).over(hall)
    assert (told.languages, told.repeat, told.yao, told.volume_at(NOON)) == (("en",), 1, False, 0)


@pytest.mark.parametrize("state", [{"voice": []}, {"voice": 3, "hall": "x"}, {"voice": {"spans": {}, "languages": []}}])
def test_a_strange_board_is_no_reason_to_be_mute(state: dict[str, Any]) -> None:
    """It is spoken as usual."""
    assert HallVoice.of(state) == HallVoice()
