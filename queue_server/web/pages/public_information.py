"""Public information 政务公开, as a hall screen shows it between calls. Of clerks it tells what their plates tell."""

import asyncio
from collections.abc import Iterator
from typing import Any

from queue_server.domain.hall import Hall
from queue_server.domain.screen import Screen, ScreenPage
from queue_server.domain.service import Guide, as_offered
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.kiosk_menu import most_wanted
from queue_server.web.pages.made_with import services_of
from queue_server.web.server import Server

__all__ = ["PublicInformation"]

Page = dict[str, Any]

GUIDES = 6
"""Guides that take their turn: of what people come for, not of all that there is."""

RESULTS_S = 60.0
"""How long the day's sums are good: they are worked out from the journal."""


class PublicInformation:
    """What there is to be told. Sums are kept for a minute, because everybody may ask for them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._results: dict[str, tuple[float, Page]] = {}
        self._working_out = asyncio.Lock()

    async def of(self, runner: HallRunner, hall: Hall, screen: Screen) -> list[Page]:
        """The pages of a screen in its order, each with its `kind`; one that has nothing to tell is left out.

        services   {queue, counters, services: [name]}: what tickets of a queue are for, and where
        guides     {service, queue, materials: [text], limit?, fee?}: what to bring for it
        duty       {clerks: [{counter, name, post?, department?}]}: who is at the counters now
        phones     {consult?, complaint?}, and {code}: the picture of the QR by which a phone brings something up
        results    {issued, served, wait_s?, good?}: today's sums; good: the share of ratings that are, 0 to 1
        """
        pages: list[Page] = []
        for kind in screen.pages:
            pages += [{"kind": kind, **page} for page in await self._of_kind(kind, runner, hall, screen)]
        return pages

    async def _of_kind(self, kind: ScreenPage, runner: HallRunner, hall: Hall, screen: Screen) -> list[Page]:
        match kind:
            case "services":
                return [*_services(services_of(self._server, hall), hall, screen)]
            case "guides":
                return [*self._guides(runner, hall, screen)]
            case "duty":
                return await self._duty(runner, screen)
            case "phones":
                phones = {"consult": hall.phone, "complaint": hall.complaint_phone}
                told = {whom: phone for whom, phone in phones.items() if phone}
                code = {"code": f"/complain/{runner.id}/qr.svg"} if self._server.public_url is not None else {}
                return [page for page in (told, code) if page]
            case "results":
                return [await self._sums(runner)]

    def _guides(self, runner: HallRunner, hall: Hall, screen: Screen) -> Iterator[Page]:
        """Of what people come for most, then of whatever else has a guide."""
        catalogue = self._server.catalogue.by_number
        queues = screen.queues or tuple(hall.queues)
        told = [
            no
            for no in dict.fromkeys((*most_wanted(runner.day, GUIDES), *hall.guides))
            if no in hall.services and hall.services[no].queue in queues and no in catalogue
        ]
        pages = [
            {"service": as_offered(catalogue[no], hall.choices).name, "queue": hall.services[no].queue, **guide}
            for no in told
            if (guide := _guide(hall.guides.get(no)))
        ]
        yield from pages[:GUIDES]

    async def _duty(self, runner: HallRunner, screen: Screen) -> list[Page]:
        """Who is on duty at the counters of the screen's areas."""
        day = runner.day
        names = await self._server.names.of({duty.clerk for duty in day.duties.values()})
        clerks = []
        for number, counter in day.hall.counters.items():
            duty = day.duties.get(number)
            if duty is None or duty.clerk not in names or (screen.areas and counter.area not in screen.areas):
                continue
            clerk = {"counter": number, "name": names[duty.clerk]}
            if (post := day.hall.posts.get(duty.post or "")) is not None:
                clerk["post"] = post.name
                if post.department:
                    clerk["department"] = post.department
            clerks.append(clerk)
        return [{"clerks": clerks}] if clerks else []

    async def _sums(self, runner: HallRunner) -> Page:
        """Today's figures of the whole hall, as the statistics define them."""
        async with self._working_out:
            known = self._results.get(runner.id)
            if known is not None and self._server.monotonic() < known[0]:
                return known[1]
            page: Page = {"issued": 0, "served": 0}
            today = runner.day.business_day
            if today is not None:
                answer = await self._server.histories.tally(runner.id, today, today, None)
                for row in answer.tally.rows():
                    page |= {"issued": row["issued"], "served": row["served"]}
                    if (wait := row["waiting"].get("mean_s")) is not None:
                        page["wait_s"] = wait
                    if (good := row.get("good_rate_top3")) is not None:
                        page["good"] = good
            self._results[runner.id] = (self._server.monotonic() + RESULTS_S, page)
            return page


def _services(names: dict[int, str], hall: Hall, screen: Screen) -> Iterator[Page]:
    """What is done here, queue by queue."""
    for queue in screen.queues or tuple(hall.queues):
        services = [name for no, name in names.items() if hall.services[no].queue == queue]
        if services:
            counters = [number for number, counter in hall.counters.items() if queue in counter.queues]
            yield {"queue": queue, "counters": counters, "services": services}


def _guide(guide: Guide | None) -> Page:
    """What of a guide is read from afar; empty where nothing of it was stated."""
    if guide is None:
        return {}
    page: Page = {"materials": [*guide.materials]} if guide.materials else {}
    if (limit := guide.promised_limit or guide.legal_limit) is not None:
        page["limit"] = limit
    if guide.fee is not None:
        page["fee"] = guide.fee
    return page
