"""The command line without a process of its own, and passwords that cost next to nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from redis import Redis

from queue_server.commands.cli import main
from tests.redis_server import redis_url
from tests.web.conftest import cheap_passwords

__all__ = ["cheap_passwords"]

Jiaohao = Callable[..., Result]
"""`jiaohao("user", "list")`: the command on the test's data folder; the result's exit_code, stdout and stderr."""

WORLD = """
id = "station"
name = "示范站"
level = "village"
hours.always = true

[queues.all]
name = "综合"
kind = "comprehensive"
prefix = "A"

[counters.1]
name = "一"
kind = "comprehensive"
queues = ["all"]
"""
"""The smallest hall."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "data"


DATABASE = 7  # of the sixteen that a Redis has: the one that is these tests' own


@pytest.fixture
def store() -> str:
    """The address of an empty Redis."""
    url = f"{redis_url()}/{DATABASE}"
    with Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def jiaohao(data: Path, monkeypatch: pytest.MonkeyPatch) -> Jiaohao:
    """Runs a command. What it says is never a traceback: a failure is one sentence and an exit code."""
    monkeypatch.setenv("JIAOHAO_DATA", str(data))

    def run(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        assert "Traceback" not in result.output
        if result.exit_code == 1 and result.stderr:
            assert result.stderr.startswith("Error: ")
            assert result.stderr.count("\n") == 1, "one sentence"
        return result

    return run


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    """The file of the smallest hall."""
    path = tmp_path / "station.toml"
    path.write_text(WORLD, "utf-8")
    return path
