"""A phone number left with a ticket: where the hall sends messages, and as long as it waits; never in the journal."""

from msgspec.structs import replace

from queue_server.domain.webhook import Webhook
from tests.web.pages.conftest import TOWN
from tests.web.rig import Town

WEBHOOK = Webhook(url="https://example.gov.cn/jiaohao")
PHONE = "138 1234 5678"


async def test_a_holder_leaves_a_number(town: Town) -> None:
    """Another one takes its place; the ticket says that there is one, and the journal where it is, and not more."""
    await town.site.hall(TOWN, webhook=WEBHOOK)
    ticket = (await (await town.device("kiosk")).post("/halls/town/tickets", {"queue": "comprehensive"}))["id"]
    left = f"/halls/town/tickets/{ticket}/phone"
    for phone in ("0379-6123456", PHONE):
        assert (await town.public.post(left, {"phone": phone}))["phone_left"] is True
    day = (await town.site.server.hall("town")).day
    ref = day.tickets[ticket].phone_ref
    assert ref is not None
    note = await town.site.server.records.notes.get(ref, "u_test", town.site.server.now())
    assert note is not None and (note.kind, note.text) == ("phone", PHONE)
    assert "phone_left" in await town.public.get(f"/halls/town/tickets/{ticket}")
    await town.public.refuse("wrong_shape", "POST", left, {"phone": "王芳"})
    await town.public.refuse("ticket_unknown", "POST", "/halls/town/tickets/x/phone", {"phone": PHONE})
    await (await town.clerk(1)).post("/halls/town/counters/1/next")
    await town.public.refuse("not_waiting", "POST", left, {"phone": PHONE})


async def test_a_hall_that_sends_nothing_takes_no_number(town: Town) -> None:
    """Neither without an address, nor where it is not told of turns that are near."""
    ticket = (await (await town.device("kiosk")).post("/halls/town/tickets", {"queue": "comprehensive"}))["id"]
    left = f"/halls/town/tickets/{ticket}/phone"
    await town.public.refuse("reminders_off", "POST", left, {"phone": PHONE})
    await town.site.hall(TOWN, webhook=replace(WEBHOOK, kinds=("alarm", "complaint")))
    await town.public.refuse("reminders_off", "POST", left, {"phone": PHONE})
