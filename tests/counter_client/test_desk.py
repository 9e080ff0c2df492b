"""What may be pressed, the same in the terminal and on the clerk's page."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from counter_client.desk import COMMANDS, Desk, possible
from counter_client.keys import KEYS
from queue_server.wire.subscriber import Status

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "clerk_rules.json").read_text(encoding="utf-8")
)
RULES = Path(__file__).parents[2] / "static" / "clerk_rules.js"


def at_desk(case: dict[str, Any]) -> Desk:
    """The desk of a vector, on duty."""
    state: dict[str, Any] = {"counter": {"state": "paused" if case["paused"] else "open"}}
    if "ticket" in case:
        state["ticket"] = {"state": case["ticket"]["state"], "legs": {"1": {"recalls": case["ticket"]["recalls"]}}}
    return Desk(on_duty=True, state=state, status=Status.LIVE)


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_the_vectors(case: dict[str, Any]) -> None:
    """What is possible, and nothing else."""
    able = {c for c in COMMANDS if possible(c, at_desk(case), locked=case["locked"], recalls_max=case["recalls_max"])}
    assert able == set(case["possible"])


def test_the_page_has_the_same_rules() -> None:
    """The same vectors drive `static/clerk_rules.js`."""
    script = f"""
        import {{ possible }} from {json.dumps(RULES.as_uri())};
        const asked = JSON.parse(process.argv[1]);
        const said = asked.cases.map(({{ ticket, paused, locked, recalls_max }}) =>
          asked.commands.filter((c) => possible(c, {{ ticket, paused, locked, recallsMax: recalls_max }})));
        console.log(JSON.stringify(said));
    """
    asked = json.dumps({"cases": VECTORS, "commands": [c for c in COMMANDS if c != "sign-on"]})
    done = subprocess.run(
        ("node", "--input-type=module", "-e", script, asked), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [[c for c in COMMANDS if c in case["possible"]] for case in VECTORS]


def test_the_page_has_the_same_keys() -> None:
    """A clerk who knows one knows the other; the page's lists are led into by a key, the terminal asks at once."""
    script = f"import {{ KEYS, LISTS }} from {json.dumps(RULES.as_uri())}; console.log(JSON.stringify([KEYS, LISTS]));"
    done = subprocess.run(("node", "--input-type=module", "-e", script), capture_output=True, text=True, check=True)
    page, lists = json.loads(done.stdout)
    page |= {key: {"held": "resume-ticket", "absent": "put-back"}.get(name) for key, name in lists.items()}
    here = {key.letter: key.command for key in KEYS if key.command not in ("sign-on", "resume")}
    assert here.items() <= page.items()
    assert set(page.values()) - set(here.values()) == {None, "cover", "float", "posts"}  # the line; what needs the page


@pytest.mark.parametrize("status", [Status.CONNECTING, Status.LOST, Status.STOPPED])
def test_nothing_is_pressed_on_what_may_be_old(status: Status) -> None:
    """What is shown may have changed meanwhile."""
    desk = Desk(on_duty=True, state={"counter": {"state": "open"}}, status=status)
    assert not any(possible(command, desk) for command in COMMANDS)


def test_off_duty_one_can_sign_on_where_nobody_else_is() -> None:
    """And nothing else."""
    free, taken = {"state": "closed"}, {"state": "open", "on_duty": {"since": "2026-01-01T00:00:00.000Z"}}
    assert [c for c in COMMANDS if possible(c, Desk(state=free, status=Status.LIVE))] == ["sign-on"]
    assert [c for c in COMMANDS if possible(c, Desk(state=taken, status=Status.LIVE))] == []


def test_the_lists_are_in_order() -> None:
    """The line by place, the others by number; nothing of it off duty."""
    state = {
        "waiting": {"a": 3, "b": 1},
        "line": {"x": {"place": 2, "number": "A002"}, "y": {"place": 1, "number": "A001"}},
        "held": {"h": {"number": "A009"}, "i": {"number": "A008"}},
        "absent": {"z": {"number": "B001"}},
    }
    desk = Desk(on_duty=True, state=state, status=Status.LIVE)
    assert desk.waiting == 4
    assert [entry["id"] for entry in desk.line] == ["y", "x"]
    assert [entry["number"] for entry in desk.held] == ["A008", "A009"]
    assert [entry["id"] for entry in desk.absent] == ["z"]
    assert Desk(state=state).line == Desk(state=state).held == []
    assert Desk(state=state).waiting == 0
