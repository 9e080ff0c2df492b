"""Numbers are read as one says them in a hall."""

import pytest

from queue_server.wire.numbers import cardinal, digits


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("A001", "A零零一"),
        ("B012", "B零一二"),
        ("C305", "C三零五"),
        ("D999", "D九九九"),
        ("E1000", "E一零零零"),
        ("AB678", "AB六七八"),
        ("F450", "F四五零"),
    ],
)
def test_a_tickets_number_is_spoken_digit_by_digit(number: str, spoken: str) -> None:
    """A voice would read "001" as a quantity."""
    assert digits(number) == spoken


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        (0, "零"),
        (1, "一"),
        (2, "二"),
        (9, "九"),
        (10, "十"),
        (11, "十一"),
        (12, "十二"),
        (19, "十九"),
        (20, "二十"),
        (21, "二十一"),
        (99, "九十九"),
        (100, "一百"),
        (101, "一百零一"),
        (105, "一百零五"),
        (110, "一百一十"),
        (112, "一百一十二"),
        (120, "一百二十"),
        (200, "二百"),
        (207, "二百零七"),
        (350, "三百五十"),
        (999, "九百九十九"),
    ],
)
def test_a_counters_number_is_spoken_as_a_number(number: int, spoken: str) -> None:
    """As one says it in a hall, 0 to 999."""
    assert cardinal(number) == spoken


def test_a_one_may_be_yao() -> None:
    """As in telephone numbers."""
    assert digits("A117", yao=True) == "A幺幺七"


def test_every_counter_is_called_differently() -> None:
    """Nobody goes to the wrong one."""
    assert len({cardinal(number) for number in range(1, 1000)}) == 999
