"""What the clerk's page shows before it is answered is what the server then says, and nothing where it cannot know."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from queue_server.domain import commands
from queue_server.projections.desk import desk
from queue_server.projections.instant import instant
from tests.domain.halls import Floor

SCRIPT = Path(__file__).parents[3] / "static" / "clerk_expected.js"
PLACES = ("place", "why")
A002 = {"number": "A002"}


def _expected(before: dict[str, Any], command: str, asked: dict[str, Any], at: str) -> dict[str, Any]:
    """What `static/clerk_expected.js` makes of it."""
    script = f"""
        import {{ expected }} from {json.dumps(SCRIPT.as_uri())};
        console.log(JSON.stringify(expected(...JSON.parse(process.argv[1]))));
    """
    said = subprocess.run(
        ("node", "--input-type=module", "-e", script, json.dumps([before, command, asked, at])),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(said.stdout)
    return result


def _comparable(view: dict[str, Any]) -> dict[str, Any]:
    """The parts of a desk that a page acts on."""
    ticket = view.get("ticket")
    leg = list(ticket["legs"].values())[-1] if ticket else {}
    return {
        "counter": {key: view["counter"].get(key) for key in ("state", "back_at")},
        "covers": view["duty"]["covers"],
        "waiting": view["waiting"],
        "held": view["held"],
        "line": {
            ticket: {key: value for key, value in entry.items() if key not in PLACES}
            for ticket, entry in view["line"].items()
        },
        "last": view.get("last", {}).get("number"),
        "ticket": ticket
        and {key: ticket.get(key) for key in ("id", "number", "queue", "state", "priority", "priority_confirmed")}
        | {key: leg.get(key) for key in ("recalls", "called_at", "started_at")},
    }


Prepare = Callable[[Floor], Any]
CALLED: Prepare = lambda floor: floor.press(1, commands.CallNext)  # noqa: E731
SERVING: Prepare = lambda floor: floor.press(1, commands.CallNext, commands.Start)  # noqa: E731
HELD: Prepare = lambda floor: floor.press(1, commands.CallNext, commands.Start, commands.Hold)  # noqa: E731
PAUSED: Prepare = lambda floor: floor.do(floor.at(1, commands.PauseCounter))  # noqa: E731
BACK = "2026-06-01T01:30:00.000Z"


@pytest.mark.parametrize(
    ("prepare", "command", "press", "asked"),
    [
        (lambda floor: None, "next", commands.CallNext, {}),
        (lambda floor: None, "call", lambda **f: commands.CallNumber(number="A002", reason_ref="", **f), A002),
        (CALLED, "recall", commands.Recall, {}),
        (CALLED, "start", commands.Start, {}),
        (CALLED, "no-show", commands.NoShow, {}),
        (SERVING, "finish", commands.Finish, {}),
        (SERVING, "hold", commands.Hold, {}),
        (SERVING, "transfer", lambda **f: commands.Transfer(queue="express", reason_ref="", **f), {"queue": "express"}),
        (HELD, "resume-ticket", lambda **f: commands.ResumeTicket(number="A001", **f), {"number": "A001"}),
        (lambda floor: None, "pause", commands.PauseCounter, {}),
        (PAUSED, "resume", commands.ResumeCounter, {}),
        (lambda floor: None, "cover", lambda **f: commands.SignOn(capacity="B", post="post-2", **f),
         {"post": "post-2", "capacity": "B"}),
        (lambda floor: None, "serve-now", None, {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_expected_is_what_happens(prepare: Prepare, command: str, press: Any, asked: dict[str, Any]) -> None:
    """For each command, on a desk as the server has it; a command whose outcome nobody can know changes nothing."""
    floor = Floor()
    floor.on(1)
    floor.issue(priority="elderly")
    floor.issue()
    prepare(floor)
    floor.later(30)
    before = desk(floor.day, 1)
    if press is not None:
        floor.do(floor.at(1, press))
    after = desk(floor.day, 1)
    found = _comparable(_expected(before, command, asked, instant(floor.now)))
    true = _comparable(after)
    if command == "cover":  # which queues that brings, the page need not know
        true["waiting"] = found["waiting"]
    if command == "resume-ticket":  # what a held ticket's entry does not tell
        assert true["ticket"].pop("priority") == "elderly"
        del found["ticket"]["priority"], found["ticket"]["priority_confirmed"], true["ticket"]["priority_confirmed"]
    assert found == true


@pytest.mark.parametrize("command", ["confirm-priority", "withdraw-priority"])
@pytest.mark.parametrize("called", [False, True])
def test_a_priority(command: str, called: bool) -> None:
    """Of one who waits, and of the one at the counter."""
    floor = Floor()
    floor.on(1)
    ticket = floor.issue(priority="military")
    if called:
        CALLED(floor)
    before = desk(floor.day, 1)
    confirmed = command == "confirm-priority"
    floor.do(commands.SetPriority(ticket=ticket.id, priority="military", confirmed=confirmed))
    found = _comparable(_expected(before, command, {"ticket": ticket.id}, instant(floor.now)))
    true = _comparable(desk(floor.day, 1))
    for view in (found, true):
        (view["ticket"] or {}).setdefault("priority_confirmed", None)
    assert found == true


def test_stepping_away_coming_back_and_giving_up_a_post() -> None:
    """With an expected return; one who was missed reports; a covered post is given up."""
    floor = Floor()
    floor.on(1)
    missed = floor.issue()
    floor.press(1, commands.CallNext, commands.NoShow)
    at = instant(floor.now)
    away = _expected(desk(floor.day, 1), "pause", {"back_at": BACK}, at)
    assert away["counter"]["state"] == "away" and away["counter"]["back_at"] == BACK
    assert missed.id in desk(floor.day, 1)["absent"]
    assert _expected(desk(floor.day, 1), "return", {"ticket": missed.id}, at)["absent"] == {}
    floor.on(1, capacity="B", post="post-2")
    assert _expected(desk(floor.day, 1), "uncover", {"post": "post-2"}, at)["duty"]["covers"] == {}


@pytest.mark.parametrize("command", ["next", "call", "recall", "start", "finish", "hold", "resume-ticket"])
def test_nothing_comes_of_nothing(command: str) -> None:
    """At an empty counter with nobody waiting, nothing is made up."""
    floor = Floor()
    floor.on(1)
    before = desk(floor.day, 1)
    assert _expected(before, command, {"number": "A001"}, instant(floor.now)) == before
