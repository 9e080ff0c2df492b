"""The figures of bad ratings and complaints once more, slowly and obviously: a search in the book for each of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from queue_server.domain import book_events as events

__all__ = ["obvious_complaints", "obvious_rectifications"]

ZONE = ZoneInfo("Asia/Shanghai")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def obvious_rectifications(
    log: Sequence[events.BookEvent], first: date, last: date, by: str | None
) -> dict[Any, dict[str, Any]]:
    """Rows by key, None for the row without one."""
    opened = [e for e in log if isinstance(e, events.RectificationOpened) and first <= e.business_day <= last]
    rows = {}
    for key in {_key(event, event.business_day, by) for event in opened}:
        here = [event for event in opened if _key(event, event.business_day, by) == key]
        valid = [event for event in here if not _granted(log, event.rectification, "invalid")]
        named = [event for event in valid if event.phone_ref is not None]
        done = [event for event in valid if _of(log, events.RectificationFinished, event)]
        calls = [calls[-1] for event in named if (calls := _of(log, events.RectificationCalledBack, event))]
        reached = [call for call in calls if call.reached]
        in_time = [event for event in done if _in_time(log, event)]
        satisfied = [call for call in reached if call.satisfied]
        rows[key] = {
            "rectifications": len(here),
            "rectifications_invalid": len(here) - len(valid),
            "rectified": len(done),
            "rectified_in_time": len(in_time),
            "rectifications_named": len(named),
            "called_back": len(reached),
            "called_back_satisfied": len(satisfied),
            "followed_up": sum(bool(_of(log, events.RectificationFollowedUp, event)) for event in valid),
            **_share("rectified_rate", len(done), len(valid)),
            **_share("rectified_in_time_rate", len(in_time), len(valid)),
            **_share("called_back_rate", len(reached), len(named)),
            **_share("called_back_satisfied_rate", len(satisfied), len(reached)),
        }
    return rows


def obvious_complaints(
    log: Sequence[events.BookEvent], first: date, last: date, by: str | None
) -> dict[Any, dict[str, Any]]:
    """Rows by key, likewise."""
    came = [e for e in log if isinstance(e, events.ComplaintRegistered)]
    days = {e.complaint: (e.at.astimezone(ZONE) - timedelta(hours=4)).date() for e in came}  # the day turns at four
    counted = [e for e in came if first <= days[e.complaint] <= last and _about(log, e) != "staff"]
    rows = {}
    for key in {_key(event, days[event.complaint], by) for event in counted}:
        here = [event for event in counted if _key(event, days[event.complaint], by) == key]
        withdrawn = [event for event in here if _of(log, events.ComplaintWithdrawn, event)]
        replied = [event for event in here if _of(log, events.ComplaintReplied, event)]
        in_time = [e for e in replied if _of(log, events.ComplaintReplied, e)[0].at < _due_at(log, e)]
        rows[key] = {
            "complaints": len(here),
            "complaints_withdrawn": len(withdrawn),
            "complaints_replied": len(replied),
            "complaints_in_time": len(in_time),
            **_share("complaints_in_time_rate", len(in_time), len(here) - len(withdrawn)),
        }
    return rows


def _key(event: Any, day: date, by: str | None) -> Any:
    match by:
        case None:
            return None
        case "day":
            return str(day)
        case "month":
            return str(day)[:7]
        case "weekday":
            return WEEKDAYS[day.weekday()]
        case "day_post":
            return event.post and f"{day} {event.post}"
    return getattr(event, by)


def _of(log: Sequence[events.BookEvent], kind: type[Any], begun: Any) -> list[Any]:
    """What of that kind happened to it."""
    name = "rectification" if isinstance(begun, events.RectificationOpened) else "complaint"
    return [event for event in log if isinstance(event, kind) and getattr(event, name) == getattr(begun, name)]


def _granted(log: Sequence[events.BookEvent], rectification: str, what: str) -> date | bool:
    """Whether a review of that kind was granted; of an extension the last day that was."""
    asked: events.RectificationReviewAsked | None = None
    granted: date | bool = False
    for event in log:
        if isinstance(event, events.RectificationReviewAsked) and event.rectification == rectification:
            asked = event
        if isinstance(event, events.RectificationReviewed) and event.rectification == rectification and event.granted:
            assert asked is not None
            if asked.what == what:
                granted = asked.until or True
    return granted


def _in_time(log: Sequence[events.BookEvent], opened: events.RectificationOpened) -> bool:
    due = _granted(log, opened.rectification, "extension") or opened.due_on
    finished = _of(log, events.RectificationFinished, opened)[0]
    return bool(finished.at.astimezone(ZONE).date() <= due)


def _about(log: Sequence[events.BookEvent], registered: events.ComplaintRegistered) -> str:
    return str([registered, *_of(log, events.ComplaintReclassified, registered)][-1].about)


def _due_at(log: Sequence[events.BookEvent], registered: events.ComplaintRegistered) -> Any:
    moved = _of(log, events.ComplaintReclassified | events.ComplaintExtended, registered)  # type: ignore[arg-type]
    return [registered, *moved][-1].due_at


def _share(name: str, part: int, whole: int) -> dict[str, float]:
    return {name: round(part / whole, 4)} if whole else {}
