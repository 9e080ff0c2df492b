"""…/print on a running server, with a printer that reads what it was sent."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.domain.printer import Printer
from queue_server.domain.service import Guide
from tests.printing.socket_printer import Code, SocketPrinter, Text, socket_printer
from tests.printing.test_printer import gone
from tests.web.pages.conftest import TOWN
from tests.web.rig import Api, Town


@pytest.fixture
async def device() -> AsyncIterator[SocketPrinter]:
    """A printer that listens."""
    async with socket_printer() as found:
        yield found


def at(device: SocketPrinter, id: str = "front", **changes: Any) -> Printer:
    """Its set-up."""
    return replace(Printer(id=id, connection="network", host="127.0.0.1", port=device.port), **changes)


async def ready(town: Town, *printers: Printer) -> tuple[Api, str]:
    """A kiosk of the hall with these printers, and the path of a ticket that it issued."""
    await town.site.hall(TOWN, printers={printer.id: printer for printer in printers})
    kiosk = await town.device("kiosk")
    ticket = await kiosk.post("/halls/town/tickets", {"service": 1})
    return kiosk, f"/halls/town/tickets/{ticket['id']}"


async def test_a_slip(town: Town, device: SocketPrinter) -> None:
    """What it says is the hall's present state; a reprint says that it is one."""
    kiosk, ticket = await ready(town, at(device))
    assert await kiosk.post(f"{ticket}/print") == {"printed": True, "printer": "front"}
    await kiosk.post("/halls/town/tickets", {"queue": "comprehensive"})
    guide = await town.person("guide")
    await guide.post(f"{ticket}/print", {"copy": True})
    await gone(device)
    first, second = device.papers
    number = next(part for part in first.parts if isinstance(part, Text) and part.size == 4)
    assert number.text == "B001"
    assert "您前面还有 0 人在等候" in first.text
    assert ("补打" in first.text, "补打" in second.text) == (False, True)
    assert not any(isinstance(part, Code) for part in first.parts)


async def test_the_code_leads_to_the_tickets_page(town: Town, device: SocketPrinter) -> None:
    """Where phones can reach the server."""
    town.site.server.public_url = "https://hall.example/"
    kiosk, ticket = await ready(town, at(device))
    await kiosk.post(f"{ticket}/print")
    await gone(device)
    (code,) = (part.text for part in device.papers[0].parts if isinstance(part, Code))
    track = (await kiosk.get(ticket))["track"]
    assert code == f"https://hall.example{track}"
    assert (await town.client.get(track)).status_code == 200


async def test_the_language_asked_for_else_the_printers(town: Town, device: SocketPrinter) -> None:
    """One that the server does not speak is Chinese."""
    kiosk, ticket = await ready(town, at(device, language="en"))
    for body in ({}, {"language": "zh"}, {"language": "xx"}):
        await kiosk.post(f"{ticket}/print", body)
    await gone(device)
    assert ["People ahead" in paper.text for paper in device.papers] == [True, False, True]


async def test_the_same_key_prints_once(town: Town, device: SocketPrinter) -> None:
    """A kiosk that lost the answer asks again; a new press is a new slip."""
    kiosk, ticket = await ready(town, at(device))
    for key in ("one", "one", "two"):
        await kiosk.post(f"{ticket}/print", idempotency_key=key)
    await gone(device)
    assert len(device.papers) == 2


@pytest.mark.parametrize(
    ("mood", "code"), [("paper_out", "printer_out_of_paper"), ("runs_out", "printer_out_of_paper"),
                       ("cover_open", "printer_cover_open"), ("cut_off", "printer_failed")],
)  # fmt: skip
async def test_what_goes_wrong_is_told(town: Town, device: SocketPrinter, mood: Any, code: str) -> None:
    """With its printer and that a new attempt may help; the ticket stays as it is."""
    kiosk, ticket = await ready(town, at(device))
    before = await town.fingerprint()
    device.mood = mood
    problem = await kiosk.refuse(code, "POST", f"{ticket}/print")
    assert (problem["retry"], problem["printer"]) == ("new_key", "front")
    device.mood = "ok"
    await kiosk.post(f"{ticket}/print")
    assert await town.fingerprint() == before


async def test_a_printer_that_is_not_there(town: Town, device: SocketPrinter) -> None:
    """Its cable may be out."""
    kiosk, ticket = await ready(town, at(device, port=1))
    await kiosk.refuse("printer_unreachable", "POST", f"{ticket}/print")


async def test_which_printer(town: Town, device: SocketPrinter) -> None:
    """The named one; the kiosk's own; the hall's only one; else the page prints by the browser."""
    kiosk, ticket = await ready(town)
    await kiosk.refuse("no_printer", "POST", f"{ticket}/print")
    await kiosk.refuse("printer_unknown", "POST", f"{ticket}/print", {"printer": "nowhere"})
    own = (await town.site.server.records.devices.all("town"))[-1].id
    back, front = at(device, "back"), at(device, kiosks=(own,))
    await town.site.hall(TOWN, printers={"back": back, "front": front})
    assert (await kiosk.post(f"{ticket}/print"))["printer"] == "front"
    assert (await kiosk.post(f"{ticket}/print", {"printer": "back"}))["printer"] == "back"
    other = await town.device("kiosk")
    await other.refuse("no_printer", "POST", f"{ticket}/print")


async def test_a_notice(town: Town, device: SocketPrinter) -> None:
    """一次性告知单: what the hall knows of the item."""
    kiosk, _ = await ready(town, at(device))
    guide = Guide(materials=("居民身份证原件", "近期照片两张"), promised_limit="3 个工作日")
    await town.site.hall(TOWN, printers={"front": at(device)}, guides={1: guide})
    assert await kiosk.post("/halls/town/services/1/print") == {"printed": True, "printer": "front"}
    await gone(device)
    text = device.papers[0].text
    for part in ("一次性告知单", "1. 居民身份证原件", "2. 近期照片两张", "承诺时限：3 个工作日", "0379-12345"):
        assert part in text
    await kiosk.refuse("service_unknown", "POST", "/halls/town/services/999/print")


async def test_a_trial(town: Town, device: SocketPrinter) -> None:
    """The head sees whether a printer is set up well; as a picture too."""
    await ready(town, at(device, mode="image", width_mm=58))
    head = await town.person("head")
    assert await head.post("/halls/town/printers/front/test") == {"printed": True, "printer": "front"}
    await head.refuse("printer_unknown", "POST", "/halls/town/printers/back/test")
    await gone(device)
    assert device.papers[0].cut


async def test_refusals_come_before_the_printer(town: Town, device: SocketPrinter) -> None:
    """A ticket that is not there; a body of another shape; somebody who may not."""
    kiosk, ticket = await ready(town, at(device))
    await kiosk.refuse("ticket_unknown", "POST", "/halls/town/tickets/none/print")
    await kiosk.refuse("wrong_shape", "POST", f"{ticket}/print", {"copy": "yes"})
    await kiosk.refuse("wrong_shape", "POST", f"{ticket}/print", {"language": "Chinese"})
    await town.public.refuse("token_missing", "POST", f"{ticket}/print")
    await (await town.device("screen")).refuse("not_allowed", "POST", f"{ticket}/print")
    assert device.jobs == []
