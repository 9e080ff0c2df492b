"""The family of errors."""

from queue_server.records import errors
from queue_server.records.errors import RecordsError, RecordsUnavailable, WeakPassword


def test_every_error_has_its_own_code() -> None:
    family = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(error, RecordsError) for error in family)
    assert len({error.code for error in family}) == len(family)


def test_every_error_stands_in_the_drawing() -> None:
    assert errors.__doc__ is not None
    assert all(name in errors.__doc__ for name in errors.__all__)


def test_errors_carry_data() -> None:
    cause = OSError("disk gone")
    assert RecordsUnavailable(cause).cause is cause
    assert WeakPassword("short").reason == "short"
