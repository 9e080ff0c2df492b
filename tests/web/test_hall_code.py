"""The hall's changing code."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.web.hall_code import LASTS, code_is_valid, code_was_valid, hall_code

SECRET = b"s" * 32
BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""The beginning of a period: ten minutes divide the hour."""


def test_a_code_is_good_for_its_period_and_the_next() -> None:
    """One scanned at the end of its ten minutes still works; one from the day before does not."""
    code = hall_code(SECRET, "town", BEGIN)
    instant = timedelta(milliseconds=1)
    for later in (timedelta(), LASTS - instant, LASTS, 2 * LASTS - instant):
        assert code_is_valid(SECRET, "town", code, BEGIN + later)
    for later in (-instant, 2 * LASTS, timedelta(days=1)):
        assert not code_is_valid(SECRET, "town", code, BEGIN + later)


def test_a_code_is_out_of_date_for_a_day() -> None:
    """Then it is as good as made up; one of tomorrow is not known yet."""
    code = hall_code(SECRET, "town", BEGIN)
    for later in (timedelta(), 2 * LASTS, timedelta(days=1)):
        assert code_was_valid(SECRET, "town", code, BEGIN + later)
    for later in (-LASTS, timedelta(days=1) + LASTS):
        assert not code_was_valid(SECRET, "town", code, BEGIN + later)
    assert not code_was_valid(SECRET, "village", code, BEGIN)


def test_it_is_shown_unchanged_for_ten_minutes() -> None:
    """Eight letters and digits that can be read out."""
    codes = [hall_code(SECRET, "town", BEGIN + timedelta(minutes=minute)) for minute in range(20)]
    assert codes == [codes[0]] * 10 + [codes[10]] * 10
    assert codes[0] != codes[10]
    assert len(codes[0]) == 8
    assert codes[0].isalnum()


def test_it_is_the_halls_and_the_servers_own() -> None:
    """Another hall's, or one made with another secret, is not taken; small letters are."""
    code = hall_code(SECRET, "town", BEGIN)
    assert code_is_valid(SECRET, "town", code.lower(), BEGIN)
    assert not code_is_valid(SECRET, "village", code, BEGIN)
    assert not code_is_valid(b"t" * 32, "town", code, BEGIN)


def test_a_code_is_taken_as_it_was_read_off_the_screen() -> None:
    """Nought for O, one for I, eight for B: no code has these digits."""
    codes = [hall_code(SECRET, "town", BEGIN + n * LASTS) for n in range(100)]
    assert {"O", "I", "B"} <= {*"".join(codes)}
    assert not {"0", "1", "8", "9"} & {*"".join(codes)}
    for n, code in enumerate(codes):
        read = code.translate(str.maketrans("OIB", "018"))
        assert code_is_valid(SECRET, "town", read, BEGIN + n * LASTS)


@given(st.text())
def test_anything_else_is_no_code(text: str) -> None:
    """Of any characters and length; never an error."""
    right = text.upper().translate(str.maketrans("018", "OIB")) == hall_code(SECRET, "town", BEGIN)
    assert code_is_valid(SECRET, "town", text, BEGIN) == right


@pytest.mark.parametrize("text", ["\x00", "ABCDEFGH\u0130", "ﬀ" * 8, "Ａ" * 8])
def test_odd_characters(text: str) -> None:
    """Letters whose capitals are others, and full-width ones."""
    assert not code_is_valid(SECRET, "town", text, BEGIN)
