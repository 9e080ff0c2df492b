"""…/my-ratings: the sum of a clerk's own ratings, from which nobody is to read who gave which."""

from datetime import date

from tests.web.pages.bad_ratings import bad_ratings
from tests.web.pages.conftest import Site
from tests.web.rig import Town

PATH = "/halls/town/my-ratings"


async def test_a_sum_of_days_that_can_change_no_more(site: Site, town: Town) -> None:
    """Not while they may still be rated; by level from five ratings on; each clerk her own."""
    hall = await bad_ratings(site)
    mine, other = town.api(hall.clerk), await town.clerk(2, "李雷")
    for level in ("very_satisfied", "satisfied", "satisfied", "very_dissatisfied", "satisfied"):
        await hall.rate(level=level, reasons=())
    for counter, clerk in ((1, mine), (2, other)):
        if counter == 2:
            await clerk.post("/halls/town/counters/2/serve-now", {"service": 1})
            await clerk.post("/halls/town/counters/2/finish")
        await clerk.post(f"/halls/town/counters/{counter}/sign-off")
    rated_on = hall.runner.day.business_day
    while (told := await mine.get(PATH))["rated"] == 0:
        assert (told["served"], "ratings" in told) == (0, False)
        assert rated_on is not None and told["to"] < rated_on.isoformat()
        await hall.turn()
    assert (told["served"], told["rated"]) == (5, 5)
    assert [date.fromisoformat(told[end]).isoweekday() for end in ("from", "to")] == [1, 7], "whole weeks"
    assert told["ratings"] == {
        "very_satisfied": 1,
        "satisfied": 3,
        "basically_satisfied": 0,
        "dissatisfied": 0,
        "very_dissatisfied": 1,
    }
    told = await other.get(PATH)
    assert (told["served"], told["rated"], "ratings" in told) == (1, 0, False)
    await (await town.person("head")).refuse("not_allowed", "GET", PATH)


async def test_of_few_ratings_only_the_number_is_told(site: Site, town: Town) -> None:
    """One alone is no sum."""
    hall = await bad_ratings(site)
    for _ in range(4):
        await hall.rate()
    await site.post("/halls/town/counters/1/sign-off", token=hall.clerk)
    for _ in range(9):
        await hall.turn()
    told = await town.api(hall.clerk).get(PATH)
    assert (told["rated"], "ratings" in told) == (4, False)
