"""Logging: what is said, and that saying it stops nobody."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from queue_server.logs import configure_logging


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as it was found."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_collectors_get_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With an action, its ids and the time; Chinese as it is."""
    configure_logging("json")
    structlog.get_logger().warning("hall.refused", hall="town", title="大厅")
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "hall.refused", "hall": "town", "title": "大厅", "level": "warning"}


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_log_that_cannot_be_written_stops_nobody(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard error was closed, or the disk below it is full: the line is lost, the hall goes on."""

    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    configure_logging(form)
    closed = io.StringIO()
    closed.close()
    for broken in (closed, Full()):
        monkeypatch.setattr(sys, "stderr", broken)
        structlog.get_logger().error("store.unavailable", cause="full")
        logging.getLogger("uvicorn").error("and so does what libraries say")
