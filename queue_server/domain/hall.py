"""One hall 便民服务中心 / 便民服务站, as it is set up."""

import re
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import field
from msgspec.structs import replace

from queue_server.domain.complaint_rules import MOST_DAYS, ComplaintRules, faults_of_complaints
from queue_server.domain.counter import Counter
from queue_server.domain.fault import Fault
from queue_server.domain.half_day import WEEKLY
from queue_server.domain.hours import WEEKDAYS, Hours
from queue_server.domain.phrases import Phrases, faults_of_notices, faults_of_phrases
from queue_server.domain.post import Post
from queue_server.domain.printer import Printer, faults_of_printer
from queue_server.domain.queue import Queue
from queue_server.domain.screen import Screen, faults_of_screen
from queue_server.domain.service import Choices, Guide, Level, ServiceRule
from queue_server.domain.thresholds import Flexible, Thresholds, faults_of_flexible, faults_of_thresholds
from queue_server.domain.ticket import PRIORITIES, Priority
from queue_server.domain.value import Value
from queue_server.domain.voice import Voice, faults_of_voice
from queue_server.domain.webhook import Webhook, faults_of_webhook

__all__ = ["Hall", "Level", "Rules", "ServiceRule", "faults", "is_id"]


class Rules(Value, frozen=True, kw_only=True):
    """What a hall may set of the rules; the defaults are DESIGN-given practice, no official limit.

    head_start_s: by priority class, how much earlier a ticket counts as having arrived. appointment_head_start_s: the
    same for one who comes with an appointment, never before its slot. lapsed_head_start_s: the same for one whose
    ticket lapsed on the last business day. return_places: how many go ahead of a no-show
    that reports back. absences_until_void: at which no-show a ticket is void. recalls_max: recalls of one call.
    call_expires_s: how long a call is announced. call_lock_s: how long a page locks *next* after a call.
    ticketing_before_s: how long before opening tickets are issued. rating_timeout_s: how long a rating is waited for.
    phone_ticketing: whether the code shown in the hall lets a phone take a ticket. device_missing_s: how long a device
    may be away in opening hours before its head is told; 0: it is never told. rectification_days: working days in which
    a bad rating is to be put right.
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
    device_missing_s: int = 300
    rectification_days: int = 5


class Hall(Value, frozen=True, kw_only=True):
    """The whole set-up of one hall.

    queues by id, counters by number, posts by id, services by catalogue number (only those that the hall offers).
    choices: what the head decided about catalogue items; guides: what to know of an item, by number.
    printers: by id. phrases: usual reasons, for the clerks; notices 公告: for everybody in the hall, in their turn.
    province_code: the address in the province's static code 省“好差评”静态码, where people may rate too; "" for none.
    screens: by id. voice: how calls are spoken. complaint_phone 投诉电话: of the hall itself, beside those of the
    services' guides; "" for none. complaints: by when they are answered. alarms, flexible: from when on the head is
    warned, and proposed a flexible counter. webhook: where alerts are sent.
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
    phrases: Phrases = Phrases()
    notices: tuple[str, ...] = ()
    province_code: str = ""
    complaint_phone: str = ""
    screens: dict[str, Screen] = {}
    voice: Voice = Voice()
    complaints: ComplaintRules = ComplaintRules()
    alarms: Thresholds = Thresholds()
    flexible: Flexible = Flexible()
    webhook: Webhook = Webhook()

    @property
    def for_the_day(self) -> "Hall":
        """What a business day asks about: all but what is long, or is no business of its tickets."""
        return replace(
            self,
            guides={},
            printers={},
            notices=(),
            screens={},
            complaints=ComplaintRules(),
            alarms=Thresholds(),
            flexible=Flexible(),
            webhook=Webhook(),
        )

    @property
    def areas(self) -> frozenset[str]:
        """Where its counters stand, as far as that is told."""
        return frozenset(counter.area for counter in self.counters.values() if counter.area)

    def same_as(self, other: "Hall | None") -> bool:
        """Whether nothing differs, nor the order of queues and counters, in which screens show them."""
        return self == other and [*self.queues, *self.counters] == [*other.queues, *other.counters]

    def post_at(self, counter: int) -> Post | None:
        """The post to be staffed at a counter, None where there is none."""
        return next((post for post in self.posts.values() if post.counter == counter), None)


_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PREFIX = re.compile(r"[A-Z]{1,2}")
_ADDRESS = re.compile(r"https?://[!-~]{1,300}")
LONGEST_S = 7 * 86_400
"""Of every duration that is set: a week is beyond any rule, and what is far beyond cannot be added to a time."""
_AREA_LETTERS, _PHONE_LETTERS = 20, 40
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def is_id(text: str) -> bool:
    """Whether a hall, or a part of one, may be called that: it stands in addresses and in the journal."""
    return _ID.fullmatch(text) is not None


def faults(hall: Hall) -> Iterator[Fault]:
    """Everything that makes a set-up unusable; nothing when it is sound."""
    if not is_id(hall.id):
        yield Fault("id", "id_wrong", {"value": hall.id})
    if not hall.name.strip():
        yield Fault("name", "empty")
    try:
        ZoneInfo(hall.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield Fault("timezone", "timezone_unknown", {"value": hall.timezone})
    day_starts = hall.day_starts
    if not _TIME.fullmatch(day_starts) or day_starts == "24:00":
        yield Fault("day_starts", "time_wrong", {"value": day_starts})
        day_starts = "00:00"  # no hours are at fault for that
    yield from _faults_of_queues(hall)
    yield from _faults_of_counters(hall)
    yield from _faults_of_posts(hall)
    yield from _faults_of_hours(hall.hours, day_starts)
    yield from _faults_of_rules(hall.rules)
    yield from faults_of_phrases(hall.phrases)
    yield from faults_of_notices(hall.notices)
    if hall.province_code and not _ADDRESS.fullmatch(hall.province_code):
        yield Fault("province_code", "address_wrong")
    if len(hall.complaint_phone) > _PHONE_LETTERS or not hall.complaint_phone.isprintable():
        yield Fault("complaint_phone", "phone_wrong", {"most": _PHONE_LETTERS})
    yield from faults_of_voice(hall.voice)
    yield from faults_of_complaints(hall.complaints)
    yield from faults_of_thresholds(hall.alarms)
    yield from faults_of_flexible(hall.flexible)
    yield from faults_of_webhook(hall.webhook)
    for key, screen in hall.screens.items():
        yield from faults_of_screen(key, screen, hall.queues, hall.areas)
    for key, printer in hall.printers.items():
        yield from faults_of_printer(key, printer)
    for no, rule in hall.services.items():
        if rule.queue not in hall.queues:
            yield Fault(f"services.{no}", "queue_unknown", {"value": rule.queue})


def _faults_of_queues(hall: Hall) -> Iterator[Fault]:
    if not hall.queues:
        yield Fault("queues", "none")
    prefixes: set[str] = set()
    for key, queue in hall.queues.items():
        if key != queue.id or not is_id(key):
            yield Fault(f"queues.{key}", "key_wrong")
        if not _PREFIX.fullmatch(queue.prefix):
            yield Fault(f"queues.{key}.prefix", "prefix_wrong", {"value": queue.prefix})
        if queue.prefix in prefixes:
            yield Fault(f"queues.{key}.prefix", "prefix_twice", {"value": queue.prefix})
        prefixes.add(queue.prefix)
        if queue.target_s <= 0 or queue.expected_service_s <= 0:
            yield Fault(f"queues.{key}", "minutes_wrong")
        elif max(queue.target_s, queue.expected_service_s) > LONGEST_S:
            yield Fault(f"queues.{key}", "seconds_wrong", {"least": 1, "most": LONGEST_S})
        if any(limit is not None and limit < 0 for limit in (queue.quota.morning, queue.quota.afternoon)):
            yield Fault(f"queues.{key}.quota", "below_zero")


def _faults_of_counters(hall: Hall) -> Iterator[Fault]:
    if not hall.counters:
        yield Fault("counters", "none")
    for number, counter in hall.counters.items():
        if number != counter.number or not 1 <= number <= 999:
            yield Fault(f"counters.{number}", "number_wrong")
        for queue in (*counter.queues, *counter.helps):
            if queue not in hall.queues:
                yield Fault(f"counters.{number}", "queue_unknown", {"value": queue})
        if len(counter.area) > _AREA_LETTERS or not counter.area.isprintable():
            yield Fault(f"counters.{number}.area", "area_wrong", {"most": _AREA_LETTERS})


def _faults_of_posts(hall: Hall) -> Iterator[Fault]:
    taken: set[int] = set()
    for key, post in hall.posts.items():
        if key != post.id or not is_id(key):
            yield Fault(f"posts.{key}", "key_wrong")
        if post.counter not in hall.counters:
            yield Fault(f"posts.{key}", "counter_unknown", {"value": post.counter})
        if post.counter in taken:
            yield Fault(f"posts.{key}", "counter_taken", {"value": post.counter})
        taken.add(post.counter)
        if post.a is not None and post.a in post.b:
            yield Fault(f"posts.{key}", "a_is_b")
        for when, clerk in post.roster.items():
            if when not in WEEKLY:
                yield Fault(f"posts.{key}.roster", "half_day_unknown", {"value": when})
            elif clerk and clerk not in post.holders:
                yield Fault(f"posts.{key}.roster", "not_a_holder", {"value": when})


def _faults_of_rules(rules: Rules) -> Iterator[Fault]:
    for name in rules.__struct_fields__:
        value = getattr(rules, name)
        numbers = [*value.values()] if isinstance(value, dict) else [value]
        if any(number < 0 for number in numbers):
            yield Fault(f"rules.{name}", "below_zero")
        elif name.endswith("_s") and any(number > LONGEST_S for number in numbers):
            yield Fault(f"rules.{name}", "seconds_wrong", {"least": 0, "most": LONGEST_S})
    if rules.absences_until_void == 0:
        yield Fault("rules.absences_until_void", "zero")
    if rules.rectification_days > MOST_DAYS:
        yield Fault("rules.rectification_days", "days_wrong", {"most": MOST_DAYS})


def _faults_of_hours(hours: Hours, day_starts: str) -> Iterator[Fault]:
    named = {*hours.weekly, *(day for season in hours.seasons for day in season.weekly)}
    for weekday in sorted(named - {*WEEKDAYS}):
        yield Fault("hours", "weekday_unknown", {"value": weekday, "weekdays": ", ".join(WEEKDAYS)})
    if hours.makeup_like not in WEEKDAYS:
        weekdays = ", ".join(WEEKDAYS)
        yield Fault("hours.makeup_like", "weekday_unknown", {"value": hours.makeup_like, "weekdays": weekdays})
    for text in (text for season in hours.seasons for text in (season.first, season.last)):
        if not _is_date(f"2024-{text}"):  # a leap year: a season may end on 29 February
            yield Fault("hours.seasons", "month_day_wrong", {"value": text})
    for text in hours.exceptions:
        if not _is_date(text):
            yield Fault("hours.exceptions", "date_wrong", {"value": text})
    tables = [hours.weekly, *(season.weekly for season in hours.seasons), hours.exceptions]
    for spans in (spans for table in tables for spans in table.values()):
        last = "00:00"
        for start, end in spans:
            if not (_TIME.fullmatch(start) and _TIME.fullmatch(end)):
                yield Fault("hours", "span_wrong", {"start": start, "end": end})
            elif not last <= start < end:
                yield Fault("hours", "span_backwards", {"start": start, "end": end})
            elif start < day_starts and not hours.always:
                yield Fault("hours", "span_early", {"start": start, "end": end, "starts": day_starts})
            last = max(last, end)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
