"""What a hall's book says for its statistics: one fact for each rectification 差评整改, and for each complaint 诉求.

Unlike a day's, these facts change for weeks; there are few of them. Complaints about staff are discipline's alone, and
are not counted: who sees a hall's statistics would learn of them by their number.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from queue_server.domain.book import Book
from queue_server.domain.complaint import Complaint, ComplaintState
from queue_server.domain.hours import business_day
from queue_server.domain.post import Capacity
from queue_server.domain.rectification import Rectification

__all__ = ["BookFact", "ComplaintFacts", "RectificationFacts", "book_facts"]


class RectificationFacts(NamedTuple):
    """What became of one bad rating.

    day: the business day of the ticket that was rated; queue to service: of the leg. invalid: it was left out after a
    review. in_time: it was finished by its day. named: a phone number was left. reached: so was the citizen, when last
    called back; satisfied: and was content with what had been done. followed_up: there is a second rating 追评.
    """

    day: date
    queue: str
    counter: int
    clerk: str
    capacity: Capacity
    post: str | None
    service: int | None
    invalid: bool
    finished: bool
    in_time: bool
    named: bool
    reached: bool
    satisfied: bool
    followed_up: bool


class ComplaintFacts(NamedTuple):
    """What became of one complaint that is not about staff.

    day: the business day on which it came. in_time: it was answered before it was late.
    """

    day: date
    state: ComplaintState
    in_time: bool


BookFact = RectificationFacts | ComplaintFacts


def book_facts(book: Book) -> Iterator[BookFact]:
    """All facts of a book, as it stands; none while the hall is not set up."""
    hall = book.hall
    if hall is None:
        return
    for rectification in book.rectifications:
        yield _of_rectification(rectification, hall.timezone)
    for complaint in book.complaints.all.values():
        if complaint.about != "staff":
            yield _of_complaint(complaint, business_day(complaint.came_at, hall.day_starts, hall.timezone))


def _of_rectification(one: Rectification, timezone: str) -> RectificationFacts:
    rated, call = one.opened, one.called_back
    return RectificationFacts(
        day=rated.business_day,
        queue=rated.queue,
        counter=rated.counter,
        clerk=rated.clerk,
        capacity=rated.capacity,
        post=rated.post,
        service=rated.service,
        invalid=one.stage == "invalid",
        finished=one.stage == "finished",
        in_time=bool(one.in_time(timezone)),
        named=rated.phone_ref is not None,
        reached=call is not None and call.reached,
        satisfied=call is not None and call.satisfied is True,
        followed_up=one.follow_up is not None,
    )


def _of_complaint(complaint: Complaint, day: date) -> ComplaintFacts:
    closed = complaint.closed_at
    in_time = complaint.state == "replied" and closed is not None and not complaint.late(closed)
    return ComplaintFacts(day=day, state=complaint.state, in_time=in_time)
