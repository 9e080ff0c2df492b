"""Who is to be at each post now."""

from msgspec.structs import replace

from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.book_events import AbsenceReported, DeputyConfirmed, HallConfigured
from queue_server.domain.day import Day
from queue_server.domain.half_day import HalfDay
from queue_server.domain.staffing import Staffing
from queue_server.projections.post_plan import post_plan
from tests.domain.halls import MONDAY, Floor, clerk, township

MORNING = HalfDay(day=MONDAY, half="morning")


def test_the_plan_follows_roster_absences_and_deputies() -> None:
    """A post that is not staffed now has nobody to expect; one whose holder is away has whom the head confirmed."""
    posts = {key: post for key, post in township().posts.items() if post.counter in (1, 2, 3)}
    posts["post-2"] = replace(posts["post-2"], roster={"mon_morning": ""})
    posts["post-3"] = replace(posts["post-3"], a=None)
    floor = Floor(township(posts=posts))
    book = apply_to_book(Book(), HallConfigured(at=floor.now, hall=floor.hall))

    def plan() -> list[tuple[object, ...]]:
        keys = ("counter", "staffed", "expected", "away", "planned")
        return [tuple(post.get(key) for key in keys) for post in post_plan(floor.day, book.staffing, floor.now)]

    assert plan() == [
        (1, True, clerk(1), False, clerk(1)),
        (2, False, None, None, None),
        (3, True, None, False, None),
    ]
    absence = AbsenceReported(
        at=floor.now, by=clerk(1), absence="a_1", clerk=clerk(1), first=MORNING, last=MORNING, kind="sick"
    )
    apply_to_book(book, absence)
    assert plan()[0] == (1, True, clerk(1), True, None)
    apply_to_book(book, DeputyConfirmed(at=floor.now, by="u_head", absence="a_1", post="post-1", deputy=clerk(2)))
    assert plan()[0] == (1, True, clerk(1), True, clerk(2))
    floor.clock("15:00")
    assert plan()[0] == (1, True, clerk(1), False, clerk(1)) and plan()[1][1] is True
    assert post_plan(Day(), Staffing(), floor.now) == []
