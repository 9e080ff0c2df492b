"""Tests of the wire contract once more, with two servers over one Redis: each request goes to the one whose turn it is.

So whatever the servers must know of each other, they must know at once: what was decided, which keys were used, who is
signed in, whose turn it is to be let in.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from itertools import cycle
from pathlib import Path
from secrets import token_hex

import httpx
import pytest

from queue_server import stores
from queue_server.app import running
from queue_server.redis_nodes import Nodes
from queue_server.settings import Settings
from queue_server.web.first_run import offer_first_account
from tests.redis_server import redis_url
from tests.web import test_contract, test_devices, test_idempotency, test_printing, test_setup, test_staff, test_webhook
from tests.web.pages.conftest import Site
from tests.web.test_printing import device
from tests.web.test_webhook import receiver

__all__ = ["device", "receiver"]

ONCE_MORE = (
    test_contract.test_one_visit_asks_every_call,
    test_contract.test_the_counter_refuses_what_its_state_forbids,
    test_contract.test_ratings_of_holders_and_evaluators,
    test_contract.test_a_transferred_ticket_keeps_its_number_and_its_place,
    test_idempotency.test_every_kind_of_command_is_repeated_in_vain,
    test_idempotency.test_the_same_request_many_times_at_once,
    test_idempotency.test_a_key_of_the_day_is_none_of_the_book_and_the_other_way_round,
    test_idempotency.test_a_refusal_is_not_remembered,
    test_idempotency.test_the_keys_of_two_callers_and_of_two_halls_are_their_own,
    test_devices.test_from_the_code_on_the_screen_to_the_first_ticket,
    test_devices.test_two_who_type_the_same_code_at_once_let_one_device_in,
    test_devices.test_one_that_is_shut_out_stays_out,
    test_printing.test_the_same_key_prints_once,
    test_setup.test_two_readers_of_the_code_at_once_make_one_administrator,
    test_setup.test_guessing_the_code_is_slowed_down,
    test_devices.test_too_many_that_ask_are_told_to_wait,
    test_staff.test_a_new_password_ends_the_old_sessions,
    test_webhook.test_a_bad_rating_is_told_at_once_without_what_was_said,
)


class NextServer(httpx.AsyncHTTPTransport):
    """Sends each request to the server whose turn it is."""

    def __init__(self, sites: tuple[Site, Site]) -> None:
        super().__init__(trust_env=False, verify=False)
        self._next = cycle(sites)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = httpx.URL(next(self._next).url).copy_with(raw_path=request.url.raw_path)
        return await super().handle_async_request(request)


class Sites(Site):
    """Two servers that are taken for one."""

    def __init__(self, here: Site, there: Site) -> None:
        super().__init__(here.server)
        self.url = here.url
        self._sites = here, there

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, transport=NextServer(self._sites))


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """Two running servers over the Redis of this run, as if that held nothing."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(stores, "Nodes", partial(Nodes, namespace=f"{token_hex(4)}:"))
    async with AsyncExitStack() as stack:
        sites = []
        for name in ("here", "there"):
            settings = Settings(data=str(tmp_path / name), store=redis_url())
            sites.append(Site(await stack.enter_async_context(running(settings))))
            await offer_first_account(sites[-1].server)  # as each does at its start
            await sites[-1].mend()
            stack.push_async_callback(sites[-1].cut)
        yield Sites(*sites)


for once_more in ONCE_MORE:
    globals()[once_more.__name__] = once_more
