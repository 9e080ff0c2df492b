"""`demo`: two halls, and everybody's credentials in one file that is there only while they are good."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from queue_server.app import running
from queue_server.commands.demo_halls import NotADemo, prepare_demo, take_credentials, write_credentials
from queue_server.settings import Settings
from queue_server.web.server import Server
from tests.commands.a_day import work
from tests.commands.conftest import Jiaohao
from tests.faults.process import Process


@pytest.fixture
async def server(data: Path) -> AsyncIterator[Server]:
    """A server without a hall."""
    async with running(Settings(data=str(data))) as server:
        yield server


async def test_the_file_has_the_shape_that_other_programs_read(server: Server, data: Path) -> None:
    """Whole, for its owner's eyes, with everybody in it."""
    write_credentials(data, await prepare_demo(server, None), "http://127.0.0.1:8000")
    file = data / "demo.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not (data / "demo.json.new").exists()
    demo = json.loads(file.read_bytes())
    assert demo.keys() == {"base_url", "halls", "district"}
    assert demo["base_url"] == "http://127.0.0.1:8000"
    assert demo["district"].keys() == {"user", "password"}
    assert demo["halls"].keys() == {"town", "village"}
    for hall, counters in (("town", 7), ("village", 2)):
        made = demo["halls"][hall]
        assert made.keys() == {"kiosk", "screen", "announcer", "evaluators", "staff"}
        assert list(made["evaluators"]) == [str(n) for n in range(1, counters + 1)]
        tokens = [made["kiosk"], made["screen"], made["announcer"], *made["evaluators"].values()]
        assert len(set(tokens)) == len(tokens)
    town = demo["halls"]["town"]["staff"]
    clerks = [person for person in town if person["role"] == "clerk"]
    assert [(person["counter"], person["capacity"]) for person in clerks] == [(n, "A") for n in range(1, 7)]
    assert all(person.keys() == {"user", "password", "name", "role", "counter", "capacity"} for person in clerks)
    others = [person for person in town if person["role"] != "clerk"]
    assert [person["role"] for person in others] == ["guide", "head", "discipline"]
    assert all(person.keys() == {"user", "password", "name", "role"} for person in others)
    assert len([p for p in demo["halls"]["village"]["staff"] if p["role"] == "clerk"]) == 2


async def test_everybody_can_sign_in_and_stands_where_the_file_says(server: Server) -> None:
    """The passwords are theirs, the posts too, and each is the B of another's."""
    demo = await prepare_demo(server, None)
    people = [(hall, person) for hall, made in demo["halls"].items() for person in made["staff"]]
    for hall, person in [*people, (None, demo["district"])]:
        account = await server.records.accounts.authenticate(person["user"], person["password"])
        assert account is not None
        assert account.halls == (() if hall is None else (hall,))
        if hall is None or person["role"] != "clerk":
            continue
        posts = (await server.hall(hall)).day.hall.posts.values()
        assert [post.counter for post in posts if post.a == account.id] == [person["counter"]]
        deputies = [post.counter for post in posts if account.id in post.b]
        assert len(deputies) == 1
        assert deputies != [person["counter"]]
    for n, token in demo["halls"]["town"]["evaluators"].items():
        identity = await server.records.identify(token, server.now())
        assert identity is not None
        assert (identity.role, identity.counter) == ("evaluator", int(n))


async def test_the_halls_are_open_around_the_clock(server: Server) -> None:
    """Whoever tries the demo at night is not turned away; the flexible window is closed."""
    await prepare_demo(server, None)
    for hall in ("town", "village"):
        runner = await server.hall(hall)
        (opening,) = runner.day.opening
        assert (opening.end - opening.start).total_seconds() == 86_400
        assert runner.day.duties == {}
    assert (await server.hall("town")).day.hall.counters[7].kind == "flexible"


async def test_a_restart_keeps_the_credentials(server: Server, data: Path) -> None:
    """They are taken away until the server answers again, and then follow its address."""
    demo = await prepare_demo(server, None)
    write_credentials(data, demo, "http://127.0.0.1:8000")
    earlier = take_credentials(data)
    assert not (data / "demo.json").exists()
    again = await prepare_demo(server, earlier)
    assert again == demo
    write_credentials(data, again, "http://127.0.0.1:9000")
    assert json.loads((data / "demo.json").read_bytes()) == {"base_url": "http://127.0.0.1:9000", **demo}
    assert len(await server.records.devices.all()) == 5 + 10, "no device was made twice"


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b'{"halls": {}}'])
async def test_credentials_that_cannot_be_read_are_made_anew(server: Server, data: Path, left: bytes) -> None:
    """And then everybody's are good again; the old ones are not."""
    first = await prepare_demo(server, None)
    (data / "demo.json").write_bytes(left)
    second = await prepare_demo(server, take_credentials(data))
    old, new = (demo["halls"]["town"]["staff"][0] for demo in (first, second))
    assert await server.records.accounts.authenticate(old["user"], old["password"]) is None
    assert await server.records.accounts.authenticate(new["user"], new["password"]) is not None


async def test_what_a_killed_first_start_left_is_completed(server: Server) -> None:
    """A hall that had its stream and no set-up yet, as after a cut in between."""
    await server.registry.create("town")
    demo = await prepare_demo(server, None)
    assert len((await server.hall("town")).day.hall.counters) == 7
    assert len(demo["halls"]["town"]["evaluators"]) == 7


async def test_somebodys_real_folder_is_refused(data: Path) -> None:
    """A demo wants a folder of its own, and changes nothing in another."""
    await work(data)
    async with running(Settings(data=str(data))) as server:
        with pytest.raises(NotADemo, match="station"):
            await prepare_demo(server, None)
        assert await server.registry.known() == ["station"]
        assert await server.records.accounts.all() == []


def test_the_refusal_is_one_sentence(jiaohao: Jiaohao, data: Path) -> None:
    """On the command line."""
    asyncio.run(work(data))
    result = jiaohao("demo", "--port", "0")
    assert result.exit_code == 1
    assert "there are other halls (station)" in result.stderr


@pytest.mark.server
async def test_the_file_is_there_only_when_the_server_answers(data: Path) -> None:
    """A real one, killed and started again on another port."""

    async def services(process: Process, hall: str) -> int:
        async with httpx.AsyncClient(base_url=process.credentials["base_url"], trust_env=False) as client:
            answer = await client.get(f"/api/v1/halls/{hall}/services")
            return len(answer.json()["services"])

    first = Process(data)
    await first.start()
    try:
        assert first.credentials["base_url"] == first.url
        assert [await services(first, hall) for hall in ("town", "village")] == [151, 33]
    finally:
        await first.kill()
    second = Process(data)
    watching = asyncio.create_task(_answers_whenever_it_is_there(data, second.url))
    try:
        await second.start()
        assert second.credentials == {**first.credentials, "base_url": second.url}
        await watching
    finally:
        await second.kill()


async def _answers_whenever_it_is_there(data: Path, url: str) -> None:
    """Wait for credentials with that address; the server must answer from the first moment that they can be read."""
    async with asyncio.timeout(30), httpx.AsyncClient(trust_env=False) as client:
        while _base_url(data / "demo.json") != url:  # noqa: ASYNC110 - another process tells by a file
            await asyncio.sleep(0.002)
        assert (await client.get(url + "/readyz")).status_code == 200


def _base_url(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())["base_url"]
    except FileNotFoundError:
        return None
