"""What became of bad ratings and complaints, as figures: by hand, and at random against a second way."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.domain import book_events as events
from queue_server.domain.book import Book, apply_to_book
from queue_server.projections.history_book import RectificationFacts, book_facts
from queue_server.projections.history_tally import BYS, By, Tally
from tests.domain.halls import HEAD, MONDAY, clerk, local, township
from tests.projections.obvious_book import obvious_complaints, obvious_rectifications

RECTIFICATIONS: tuple[By | None, ...] = (
    *(None, "day", "month", "weekday", "queue", "counter", "service", "post", "clerk", "capacity", "day_post"),
)
COMPLAINTS: tuple[By | None, ...] = (None, "day", "month", "weekday")
OF_RECTIFICATIONS = ("rectif", "called_back", "followed_up")


def rows(log: list[events.BookEvent], by: By | None, first: date, last: date) -> dict[Any, dict[str, Any]]:
    """The rows by key, those of what the book says alone."""
    book = Book()
    for event in [events.HallConfigured(at=local("08:00"), by=HEAD, hall=township()), *log]:
        apply_to_book(book, event)
    tally = Tally(by)
    for fact in book_facts(book):
        if first <= fact.day <= last:
            tally.add(fact)
    return {row.pop("key", None): row for row in tally.rows()}


def chosen(rows: dict[Any, dict[str, Any]], *begin: str) -> dict[Any, dict[str, Any]]:
    """The figures whose names begin so, rows in which they are all zero left out."""
    found = {key: {n: row[n] for n in row if n.startswith(begin)} for key, row in rows.items()}
    return {key: row for key, row in found.items() if any(row.values())}


SOON = st.integers(0, 200).map(lambda hours: timedelta(hours=hours))


@st.composite
def rectifications(draw: st.DrawFn) -> list[events.BookEvent]:
    """One bad rating, and some of what may become of it."""
    day = MONDAY + timedelta(days=draw(st.integers(0, 40)))
    at, counter, name = local("10:00", day), draw(st.integers(1, 3)), f"r_{draw(st.uuids())}"
    log: list[events.BookEvent] = [
        events.RectificationOpened(
            at=at,
            rectification=name,
            ticket=f"t_{name}",
            number="A001",
            leg=1,
            business_day=day,
            level="dissatisfied",
            queue=draw(st.sampled_from(["comprehensive", "express"])),
            counter=counter,
            clerk=clerk(counter),
            capacity=draw(st.sampled_from(["A", "B", "relief"])),
            due_on=day + timedelta(days=7),
            post=draw(st.sampled_from([None, f"post-{counter}"])),
            service=draw(st.sampled_from([None, 1])),
            phone_ref=draw(st.sampled_from([None, "n_1"])),
        )
    ]
    reviews: list[events.ReviewKind] = ["invalid", "extension"]
    for what in draw(st.lists(st.sampled_from(reviews), max_size=2)):
        at += draw(SOON)
        until = day + timedelta(days=draw(st.integers(8, 20))) if what == "extension" else None
        log.append(events.RectificationReviewAsked(at=at, rectification=name, what=what, note_ref="n_2", until=until))
        granted = draw(st.booleans())
        log.append(events.RectificationReviewed(at=at, rectification=name, granted=granted))
        if granted and what == "invalid":
            return log
    if draw(st.booleans()):
        at += draw(SOON)
        log.append(events.RectificationFinished(at=at, rectification=name, note_ref="n_3"))
    for reached in draw(st.lists(st.booleans(), max_size=2)):
        satisfied = draw(st.sampled_from([None, True, False]))
        log.append(events.RectificationCalledBack(at=at, rectification=name, reached=reached, satisfied=satisfied))
    if draw(st.booleans()):
        log.append(events.RectificationFollowedUp(at=at, rectification=name, level="satisfied", source="phone"))
    return log


@st.composite
def complaints(draw: st.DrawFn) -> list[events.BookEvent]:
    """One complaint, and some of what may become of it."""
    at = local("10:00", MONDAY + timedelta(days=draw(st.integers(0, 40)))) + timedelta(hours=draw(st.integers(0, 20)))
    due_at, name = at + timedelta(days=2), f"c_{draw(st.uuids())}"
    kinds: list[events.About] = ["staff", "service", "service", "other"]
    about = st.sampled_from(kinds)
    log: list[events.BookEvent] = [
        events.ComplaintRegistered(
            at=at,
            complaint=name,
            number="2026-0001",
            channel="phone",
            severity="general",
            about=draw(about),
            due_at=due_at,
        )
    ]
    if draw(st.booleans()):
        due_at += timedelta(days=5)
        changed = draw(about)
        log.append(
            events.ComplaintReclassified(at=at, complaint=name, severity="complex", about=changed, due_at=due_at)
        )
    if draw(st.booleans()):
        due_at += timedelta(days=3)
        log.append(events.ComplaintExtended(at=at, complaint=name, due_at=due_at, reason_ref="n_4", told=True))
    end = draw(st.sampled_from(["open", "replied", "exactly late", "withdrawn"]))
    at = due_at if end == "exactly late" else at + draw(SOON)
    if end == "withdrawn":
        log.append(events.ComplaintWithdrawn(at=at, complaint=name))
    elif end != "open":
        log.append(events.ComplaintReplied(at=at, complaint=name, reply_ref="n_5"))
    return log


def _at(event: events.BookEvent) -> datetime:
    return event.at


@given(
    st.lists(rectifications(), max_size=6), st.lists(complaints(), max_size=6), st.integers(0, 30), st.integers(0, 40)
)
@settings(deadline=None, max_examples=100)
def test_any_book(bad: list[list[Any]], said: list[list[Any]], first: int, more: int) -> None:
    """For any days, by anything, as a search in the book tells."""
    log: list[events.BookEvent] = sorted((event for one in [*bad, *said] for event in one), key=_at)
    begin = MONDAY + timedelta(days=first)
    end = begin + timedelta(days=more)
    for by in (None, *BYS):
        found = rows(log, by, begin, end)
        assert chosen(found, *OF_RECTIFICATIONS) == (
            obvious_rectifications(log, begin, end, by) if by in RECTIFICATIONS else {}
        )
        assert chosen(found, "complaints") == (obvious_complaints(log, begin, end, by) if by in COMPLAINTS else {})


def test_what_counts_in_what() -> None:
    """An invalid one in nothing else, a call-back only where a number was left and somebody was reached."""
    done = RectificationFacts(MONDAY, "a", 1, "u_1", "A", None, None, False, True, True, True, True, True, True)
    facts = (
        done,
        done._replace(in_time=False, satisfied=False, followed_up=False),
        done._replace(finished=False, in_time=False, reached=False, followed_up=False),
        done._replace(named=False),
        done._replace(invalid=True),
    )
    tally = Tally(None)
    for fact in facts:
        tally.add(fact)
    (row,) = tally.rows()
    assert {name: row[name] for name in row if name.startswith(OF_RECTIFICATIONS)} == {
        "rectifications": 5,
        "rectifications_invalid": 1,
        "rectified": 3,
        "rectified_in_time": 2,
        "rectifications_named": 3,
        "called_back": 2,
        "called_back_satisfied": 1,
        "followed_up": 2,
        "rectified_rate": 0.75,
        "rectified_in_time_rate": 0.5,
        "called_back_rate": 0.6667,
        "called_back_satisfied_rate": 0.5,
    }


def test_a_book_without_a_hall() -> None:
    """Nothing is said of it."""
    assert list(book_facts(Book())) == []
