"""One hall 便民服务中心 / 便民服务站, as it is set up."""

import re
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import field
from msgspec.structs import replace

from queue_server.domain.counter import Counter
from queue_server.domain.hours import WEEKDAYS, Hours
from queue_server.domain.post import Post
from queue_server.domain.printer import Printer, faults_of_printer
from queue_server.domain.queue import Queue
from queue_server.domain.service import Choices, Guide, Level, ServiceRule
from queue_server.domain.ticket import PRIORITIES, Priority
from queue_server.domain.value import Value

__all__ = ["Hall", "Level", "Rules", "ServiceRule", "faults"]


class Rules(Value, frozen=True, kw_only=True):
    """What a hall may set of the rules; the defaults are DESIGN-given practice, no official limit.

    head_start_s: by priority class, how much earlier a ticket counts as having arrived. appointment_head_start_s: the
    same for one who comes with an appointment, never before its slot. lapsed_head_start_s: the same for one whose
    ticket lapsed on the last business day. return_places: how many go ahead of a no-show
    that reports back. absences_until_void: at which no-show a ticket is void. recalls_max: recalls of one call.
    call_expires_s: how long a call is announced. call_lock_s: how long a page locks *next* after a call.
    ticketing_before_s: how long before opening tickets are issued. rating_timeout_s: how long a rating is waited for.
    phone_ticketing: whether the code shown in the hall lets a phone take a ticket.
    """

    head_start_s: dict[Priority, int] = field(default_factory=lambda: dict.fromkeys(PRIORITIES, 15 * 60))
    appointment_head_start_s: int = 15 * 60
    lapsed_head_start_s: int = 15 * 60
    return_places: int = 3
    absences_until_void: int = 3
    recalls_max: int = 5
    call_expires_s: int = 60
    call_lock_s: int = 5
    ticketing_before_s: int = 30 * 60
    rating_timeout_s: int = 60
    phone_ticketing: bool = False


class Hall(Value, frozen=True, kw_only=True):
    """The whole set-up of one hall.

    queues by id, counters by number, posts by id, services by catalogue number (only those that the hall offers).
    choices: what the head decided about catalogue items; guides: what to know of an item, by number. printers: by id.
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
    choices: Choices = Choices()
    guides: dict[int, Guide] = {}
    printers: dict[str, Printer] = {}
    hours: Hours = Hours()
    rules: Rules = Rules()

    @property
    def for_the_day(self) -> "Hall":
        """What a business day's rules ask about: all but the guides, which are long, and the printers."""
        return replace(self, guides={}, printers={}) if self.guides or self.printers else self

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
    day_starts = hall.day_starts
    if not _TIME.fullmatch(day_starts) or day_starts == "24:00":
        yield f"day_starts: {day_starts!r} is not HH:MM"
        day_starts = "00:00"  # no hours are at fault for that
    yield from _faults_of_queues(hall)
    yield from _faults_of_counters(hall)
    yield from _faults_of_posts(hall)
    yield from _faults_of_hours(hall.hours, day_starts)
    yield from _faults_of_rules(hall.rules)
    for key, printer in hall.printers.items():
        yield from faults_of_printer(key, printer)
    for no, rule in hall.services.items():
        if rule.queue not in hall.queues:
            yield f"services.{no}: queue {rule.queue!r} is not one of the hall's"


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
        if any(limit is not None and limit < 0 for limit in (queue.quota.morning, queue.quota.afternoon)):
            yield f"queues.{key}.quota: must not be below zero"


def _faults_of_counters(hall: Hall) -> Iterator[str]:
    if not hall.counters:
        yield "counters: at least one is needed"
    for number, counter in hall.counters.items():
        if number != counter.number or not 1 <= number <= 999:
            yield f"counters.{number}: number must equal its key and be 1-999"
        for queue in (*counter.queues, *counter.helps):
            if queue not in hall.queues:
                yield f"counters.{number}: queue {queue!r} is not one of the hall's"


def _faults_of_posts(hall: Hall) -> Iterator[str]:
    taken: set[int] = set()
    for key, post in hall.posts.items():
        if key != post.id or not _ID.fullmatch(key):
            yield f"posts.{key}: id must equal its key and be 1-40 of a-z, 0-9, - and _"
        if post.counter not in hall.counters:
            yield f"posts.{key}: counter {post.counter} is not one of the hall's"
        if post.counter in taken:
            yield f"posts.{key}: counter {post.counter} has another post"
        taken.add(post.counter)
        if post.a is not None and post.a in post.b:
            yield f"posts.{key}: A and B are the same person"


def _faults_of_rules(rules: Rules) -> Iterator[str]:
    for name in rules.__struct_fields__:
        value = getattr(rules, name)
        if any(number < 0 for number in (value.values() if isinstance(value, dict) else [value])):
            yield f"rules.{name}: must not be below zero"
    if rules.absences_until_void == 0:
        yield "rules.absences_until_void: must be above zero"


def _faults_of_hours(hours: Hours, day_starts: str) -> Iterator[str]:
    named = {*hours.weekly, *(day for season in hours.seasons for day in season.weekly)}
    for weekday in sorted(named - {*WEEKDAYS}):
        yield f"hours: {weekday!r} is not one of {', '.join(WEEKDAYS)}"
    if hours.makeup_like not in WEEKDAYS:
        yield f"hours.makeup_like: {hours.makeup_like!r} is not one of {', '.join(WEEKDAYS)}"
    for text in (text for season in hours.seasons for text in (season.first, season.last)):
        if not _is_date(f"2024-{text}"):  # a leap year: a season may end on 29 February
            yield f"hours.seasons: {text!r} is not MM-DD"
    for text in hours.exceptions:
        if not _is_date(text):
            yield f"hours.exceptions: {text!r} is not YYYY-MM-DD"
    tables = [hours.weekly, *(season.weekly for season in hours.seasons), hours.exceptions]
    for spans in (spans for table in tables for spans in table.values()):
        last = "00:00"
        for start, end in spans:
            if not (_TIME.fullmatch(start) and _TIME.fullmatch(end)):
                yield f"hours: {start!r}-{end!r} is not HH:MM"
            elif not last <= start < end:
                yield f"hours: {start}-{end} overlaps or runs backwards"
            elif start < day_starts and not hours.always:
                yield f"hours: {start}-{end} begins before day_starts {day_starts}, which opens the day"
            last = max(last, end)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
