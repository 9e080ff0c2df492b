"""A hall's file: what it says, and one sentence naming the place for everything that it must not say."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from queue_server.commands.hall_file import BadHallFile, read_hall
from tests.commands.conftest import WORLD

STAFF = {f"town-{n}": f"u_{n}" for n in range(1, 7)}


def demo(hall: str) -> Any:
    """The text of a demo hall's file."""
    return (files("queue_server") / "data" / "demo" / f"{hall}.toml").read_text("utf-8")


def test_the_town_is_what_the_rules_of_service_centres_ask_for() -> None:
    """Six windows of their kinds, a closed flexible one, and posts whose B is the A of another."""
    town = read_hall(demo("town"), STAFF)
    assert town.level == "township"
    kinds = ["comprehensive", "comprehensive", "express", "complaint", "certificate", "agency", "flexible"]
    assert [counter.kind for counter in town.counters.values()] == kinds
    served = {n: [town.queues[queue].prefix for queue in counter.queues] for n, counter in town.counters.items()}
    assert served == {1: ["A"], 2: ["A"], 3: ["B"], 4: ["C"], 5: ["D"], 6: ["E"], 7: ["A", "B"]}
    assert town.counters[3].helps == ("comprehensive",)
    assert town.hours.always
    assert len(town.services) == 151
    assert sorted(post.a or "" for post in town.posts.values()) == sorted(STAFF.values())
    assert all(len(post.b) == 1 and post.b[0] != post.a for post in town.posts.values())
    assert {b for post in town.posts.values() for b in post.b} == set(STAFF.values())
    assert town.post_at(7) is None


def test_the_village_offers_what_a_village_may() -> None:
    """Two comprehensive counters, and the 33 items of its level."""
    village = read_hall(demo("village"), {"village-1": "u_1", "village-2": "u_2"})
    assert [counter.kind for counter in village.counters.values()] == ["comprehensive"] * 2
    assert len(village.services) == 33


POST = '\n[posts.desk]\nname = "岗"\ncounter = 1\n'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "station"', "id = ", "line 2, column 6: Invalid value (the line says: id =)"),
        ('id = "station"', "", "missing required field `id`"),
        ('id = "station"', 'id = "Station 1"', "id: 'Station 1' must be"),
        ('id = "station"', "id = 5", "id: Expected `str`, got `int`"),
        ('level = "village"', 'level = "moon"', "level: Invalid enum value 'moon'"),
        ("hours.always = true", "hours.allways = true", "hours.allways: there is no such setting"),
        ("hours.always = true", 'hours.weekly.mon = [["09:00", "08:00"]]', "09:00-08:00 overlaps or runs backwards"),
        ("hours.always = true", 'hours.weekly.moonday = [["08:00", "09:00"]]', "'moonday' is not one of"),
        ("hours.always = true", 'timezone = "Asia/Atlantis"', "timezone: 'Asia/Atlantis' is not known"),
        ("hours.always = true", 'day_starts = "25:00"', "day_starts: '25:00' is not HH:MM"),
        ("hours.always = true", "rules.recalls_max = -1", "rules.recalls_max: must not be below zero"),
        ("hours.always = true", "choices.added = [999]", "999 is not in the catalogue"),
        ("hours.always = true", "secret = 1", "secret: there is no such setting"),
        ('prefix = "A"', 'prefix = "a"', "queues.all.prefix: 'a' must be"),
        ('prefix = "A"', "", "queues.all: Object missing required field `prefix`"),
        ('prefix = "A"', 'prefix = "A"\ntarget_s = "soon"', "queues.all.target_s: Expected `int`, got `str`"),
        ('prefix = "A"', 'prefix = "A"\ntarget = 5', "queues.all.target: there is no such setting"),
        ("[queues.all]", "[queues.ALL]", "queues.ALL: id must equal its key"),
        ("[counters.1]", "[counters.one]", "counters.one.number: Expected `int`, got `str`"),
        ("[counters.1]", '[counters."²"]', "counters.².number: Expected `int`, got `str`"),
        ("[counters.1]", "[counters.1000]", "counters.1000: number must equal its key and be 1-999"),
        ('queues = ["all"]', 'queues = ["none"]', "counters.1: queue 'none' is not one of the hall's"),
        ('queues = ["all"]', "queues = 3", "counters.1.queues: Expected `array`, got `int`"),
        ('[counters.1]\nname = "一"', '[[counters]]\nname = "一"', "counters: must be tables"),
        ('queues = ["all"]', f'queues = ["all"]{POST}a = "nobody"', "posts.desk: there is no account 'nobody'"),
        ('queues = ["all"]', f'queues = ["all"]{POST}b = ["nobody"]', "posts.desk: there is no account 'nobody'"),
        ('queues = ["all"]', f'queues = ["all"]{POST}b = "wang"', "posts.desk: write holders as"),
        ('queues = ["all"]', f'queues = ["all"]{POST}a = ["wang"]', "posts.desk: write holders as"),
        ('queues = ["all"]', f'queues = ["all"]{POST}b = [5]', "posts.desk: write holders as"),
        ('queues = ["all"]', f'queues = ["all"]{POST}a = "wang"\nb = ["wang"]', "A and B are the same person"),
        ('queues = ["all"]', f'queues = ["all"]{POST}counter = 2', "Cannot overwrite a value"),
        ('queues = ["all"]', f'queues = ["all"]{POST.replace("1", "2")}', "posts.desk: counter 2 is not one of"),
    ],
)
def test_a_bad_file_is_refused_and_its_place_named(old: str, new: str, says: str) -> None:
    """Whoever wrote it knows where to look."""
    assert old in WORLD
    with pytest.raises(BadHallFile) as refused:
        read_hall(WORLD.replace(old, new), {"wang": "u_1"})
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_printers_as_the_manual_writes_them() -> None:
    """The example in docs/operations.md, and a slip of the pen in it."""
    manual = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    example = re.findall(r"```toml\n(\[printers\..*?)```", manual, re.S)[0]
    town = read_hall(demo("town") + example, STAFF)
    assert {id: (printer.id, printer.host, printer.width_mm) for id, printer in town.printers.items()} == {
        "front": ("front", "192.168.1.50", 80)
    }
    for wrong, place in (("width_mm = 72", "printers.front"), ("widht_mm = 80", "printers.front.widht_mm")):
        with pytest.raises(BadHallFile, match=place):
            read_hall(demo("town") + re.sub(r"width_mm = 80", wrong, example), STAFF)
