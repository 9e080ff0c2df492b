"""One hall 便民服务中心 / 便民服务站, as it is set up."""

import re
from collections.abc import Iterator
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import field

from queue_server.domain.counter import Counter
from queue_server.domain.hours import WEEKDAYS, Hours
from queue_server.domain.post import Post
from queue_server.domain.queue import Queue
from queue_server.domain.ticket import PRIORITIES, Priority
from queue_server.domain.value import Value

__all__ = ["Hall", "Level", "Rules", "ServiceRule", "faults"]

Level = Literal["township", "village"]


class Rules(Value, frozen=True, kw_only=True):
    """What a hall may set of the rules; the defaults are DESIGN-given practice, no official limit.

    head_start_s: by priority class, how much earlier a ticket counts as having arrived. appointment_head_start_s: the
    same for one who comes with an appointment, never before its slot. return_places: how many go ahead of a no-show
    that reports back. absences_until_void: at which no-show a ticket is void. recalls_max: recalls of one call.
    call_expires_s: how long a call is announced. call_lock_s: how long a page locks *next* after a call.
    ticketing_before_s: how long before opening tickets are issued. rating_timeout_s: how long a rating is waited for.
    phone_ticketing: whether the code shown in the hall lets a phone take a ticket.
    """

    head_start_s: dict[Priority, int] = field(default_factory=lambda: dict.fromkeys(PRIORITIES, 15 * 60))
    appointment_head_start_s: int = 15 * 60
    return_places: int = 3
    absences_until_void: int = 3
    recalls_max: int = 5
    call_expires_s: int = 60
    call_lock_s: int = 5
    ticketing_before_s: int = 30 * 60
    rating_timeout_s: int = 60
    phone_ticketing: bool = False


class ServiceRule(Value, frozen=True, kw_only=True):
    """How this hall handles one catalogue item: the queue its tickets go to, and whether it is done at once."""

    queue: str
    handling: Literal["instant", "promised"]


class Hall(Value, frozen=True, kw_only=True):
    """The whole set-up of one hall.

    queues by id, counters by number, posts by id, services by catalogue number (only those that the hall offers).
    timezone: IANA name. day_starts: local "HH:MM" at which the business day turns.
    """

    id: str
    name: str
    name_en: str = ""
    level: Level
    timezone: str = "Asia/Shanghai"
    day_starts: str = "04:00"
    place: str = ""
    phone: str = ""
    queues: dict[str, Queue]
    counters: dict[int, Counter]
    posts: dict[str, Post] = {}
    services: dict[int, ServiceRule] = {}
    hours: Hours = Hours()
    rules: Rules = Rules()

    def post_at(self, counter: int) -> Post | None:
        """The post to be staffed at a counter, None where there is none."""
        return next((post for post in self.posts.values() if post.counter == counter), None)


_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PREFIX = re.compile(r"[A-Z]{1,2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def faults(hall: Hall) -> Iterator[str]:
    """Everything that makes a set-up unusable, one sentence each, naming the field; nothing when it is sound."""
    if not _ID.fullmatch(hall.id):
        yield f"id: {hall.id!r} must be 1-40 of a-z, 0-9, - and _"
    if not hall.name.strip():
        yield "name: must not be empty"
    try:
        ZoneInfo(hall.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"timezone: {hall.timezone!r} is not known"
    if not _TIME.fullmatch(hall.day_starts):
        yield f"day_starts: {hall.day_starts!r} is not HH:MM"
    yield from _faults_of_queues(hall)
    yield from _faults_of_counters(hall)
    yield from _faults_of_hours(hall.hours)
    for no, rule in hall.services.items():
        if rule.queue not in hall.queues:
            yield f"services.{no}: queue {rule.queue!r} is not one of the hall's"
    for post in hall.posts.values():
        if post.counter not in hall.counters:
            yield f"posts.{post.id}: counter {post.counter} is not one of the hall's"
        if post.a is not None and post.a in post.b:
            yield f"posts.{post.id}: A and B are the same person"


def _faults_of_queues(hall: Hall) -> Iterator[str]:
    if not hall.queues:
        yield "queues: at least one is needed"
    prefixes: set[str] = set()
    for key, queue in hall.queues.items():
        if key != queue.id or not _ID.fullmatch(key):
            yield f"queues.{key}: id must equal its key and be 1-40 of a-z, 0-9, - and _"
        if not _PREFIX.fullmatch(queue.prefix):
            yield f"queues.{key}.prefix: {queue.prefix!r} must be one or two capital letters"
        if queue.prefix in prefixes:
            yield f"queues.{key}.prefix: {queue.prefix!r} is used twice, so numbers would be too"
        prefixes.add(queue.prefix)
        if queue.target_s <= 0 or queue.expected_service_s <= 0:
            yield f"queues.{key}: target_s and expected_service_s must be above zero"


def _faults_of_counters(hall: Hall) -> Iterator[str]:
    if not hall.counters:
        yield "counters: at least one is needed"
    for number, counter in hall.counters.items():
        if number != counter.number or not 1 <= number <= 999:
            yield f"counters.{number}: number must equal its key and be 1-999"
        for queue in (*counter.queues, *counter.helps):
            if queue not in hall.queues:
                yield f"counters.{number}: queue {queue!r} is not one of the hall's"


def _faults_of_hours(hours: Hours) -> Iterator[str]:
    for weekday in {*hours.weekly, *(day for season in hours.seasons for day in season.weekly)} - {*WEEKDAYS}:
        yield f"hours: {weekday!r} is not one of {', '.join(WEEKDAYS)}"
    tables = [hours.weekly, *(season.weekly for season in hours.seasons), hours.exceptions]
    for spans in (spans for table in tables for spans in table.values()):
        last = "00:00"
        for start, end in spans:
            if not (_TIME.fullmatch(start) and _TIME.fullmatch(end)):
                yield f"hours: {start!r}-{end!r} is not HH:MM"
            elif not last <= start < end:
                yield f"hours: {start}-{end} overlaps or runs backwards"
            last = max(last, end)
