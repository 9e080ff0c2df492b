"""The locks that `make run` and `make test` install are one resolution of what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def _pins(lock: str) -> dict[str, str]:
    """The versions that a lock names, by package; its platform markers left out."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    pins = [line.split(";")[0].strip() for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", pin) for pin in pins), (
        "a lock holds names and versions, no addresses"
    )
    return dict(pin.split("==") for pin in pins)


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-") for requirement in requirements}


def test_running_and_testing_use_the_same_versions() -> None:
    """Each pin for running stands in the lock for testing too."""
    assert _pins("requirements.lock").items() <= _pins("requirements-dev.lock").items()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """No dependency was added without `make lock`, and none is asked for by the wrong lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    running = _names(project["project"]["dependencies"])
    testing = _names(project["dependency-groups"]["dev"])
    assert running <= _pins("requirements.lock").keys()
    assert running | testing <= _pins("requirements-dev.lock").keys()
    assert not testing & _pins("requirements.lock").keys()
