"""A hall's set-up: what makes it unusable, each fault named by its field."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.domain.complaint_rules import ComplaintRules
from queue_server.domain.counter import Counter
from queue_server.domain.hall import Hall, Rules, ServiceRule, faults
from queue_server.domain.hours import Hours, Season
from queue_server.domain.phrases import Phrases
from queue_server.domain.post import Post
from queue_server.domain.queue import Queue, Quota
from queue_server.domain.screen import Screen
from queue_server.domain.thresholds import Flexible, Levels, Thresholds
from queue_server.domain.voice import Voice, VolumeSpan
from queue_server.domain.webhook import Webhook
from tests.domain.halls import clerk, township, village

SPAN = (("08:30", "12:00"),)


def _queue(**changes: Any) -> Callable[[Hall], Hall]:
    """Change the hall's express queue."""
    return lambda hall: replace(hall, queues={**hall.queues, "express": replace(hall.queues["express"], **changes)})


def _counter(**changes: Any) -> Callable[[Hall], Hall]:
    """Change the hall's counter 7."""
    return lambda hall: replace(hall, counters={**hall.counters, 7: replace(hall.counters[7], **changes)})


def _post(**changes: Any) -> Callable[[Hall], Hall]:
    """Change the hall's first post."""
    return lambda hall: replace(hall, posts={**hall.posts, "post-1": replace(hall.posts["post-1"], **changes)})


def _with(**changes: Any) -> Callable[[Hall], Hall]:
    return lambda hall: replace(hall, **changes)


def _hours(**changes: Any) -> Callable[[Hall], Hall]:
    return _with(hours=Hours(**changes))


def _screen(**changes: Any) -> Callable[[Hall], Hall]:
    return _with(screens={"lobby": replace(Screen(id="lobby"), **changes)})


def _voice(**changes: Any) -> Callable[[Hall], Hall]:
    return _with(voice=Voice(**changes))


def _span(start: str, end: str, volume: int = 0) -> VolumeSpan:
    return VolumeSpan(start=start, end=end, volume=volume)


def _roster(**roster: str) -> Callable[[Hall], Hall]:
    def change(hall: Hall) -> Hall:
        post = next(iter(hall.posts.values()))
        return replace(hall, posts=hall.posts | {post.id: replace(post, roster=roster)})

    return change


FAULTS: dict[str, tuple[Callable[[Hall], Hall], str]] = {
    "an id with a space": (_with(id="qing shan"), "id: 'qing shan' must be 1-40 of a-z, 0-9, - and _"),
    "an empty id": (_with(id=""), "id: '' must be"),
    "an id that is too long": (_with(id="a" * 41), "id: "),
    "a blank name": (_with(name=" \n"), "name: must not be empty"),
    "an unknown time zone": (_with(timezone="Asia/Luoyang"), "timezone: 'Asia/Luoyang' is not known"),
    "a time zone that is a path": (_with(timezone="../../etc/passwd"), "timezone: "),
    "a folder of time zones": (_with(timezone="Asia"), "timezone: "),
    "a day that starts at no time": (_with(day_starts="4 Uhr"), "day_starts: '4 Uhr' is not HH:MM"),
    "a day that starts after it is over": (_with(day_starts="24:00"), "day_starts: '24:00' is not HH:MM"),
    "no queue": (_with(queues={}, services={}, counters=village().counters), "queues: at least one is needed"),
    "a queue under another's id": (_queue(id="agency"), "queues.express: id must equal its key"),
    "a small prefix": (_queue(prefix="b"), "queues.express.prefix: 'b' must be one or two capital letters"),
    "a digit as prefix": (_queue(prefix="B1"), "queues.express.prefix: "),
    "a prefix too long to speak": (_queue(prefix="ABC"), "queues.express.prefix: "),
    "one prefix for two queues": (_queue(prefix="A"), "queues.express.prefix: 'A' is used twice"),
    "no target": (_queue(target_s=0), "queues.express: target_s and expected_service_s must be above zero"),
    "services without duration": (_queue(expected_service_s=-1), "queues.express: target_s and expected_service_s"),
    "a quota below zero": (_queue(quota=Quota(afternoon=-1)), "queues.express.quota: must not be below zero"),
    "no counter": (_with(counters={}, posts={}), "counters: at least one is needed"),
    "a counter under another's number": (_counter(number=6), "counters.7: number must equal its key and be 1-999"),
    "a counter 0": (
        lambda hall: replace(hall, counters={**hall.counters, 0: replace(hall.counters[7], number=0)}),
        "counters.0: number must equal its key and be 1-999",
    ),
    "a counter for an unknown queue": (_counter(queues=("tax",)), "counters.7: queue 'tax' is not one of the hall's"),
    "a counter that helps an unknown queue": (_counter(helps=("tax",)), "counters.7: queue 'tax' is not"),
    "a post under another's id": (_post(id="post-2"), "posts.post-1: id must equal its key"),
    "a post at an unknown counter": (_post(counter=9), "posts.post-1: counter 9 is not one of the hall's"),
    "two posts at one counter": (_post(counter=2), "posts.post-2: counter 2 has another post"),
    "an A who is the own B": (_post(b=(clerk(2), clerk(1))), "posts.post-1: A and B are the same person"),
    "an item for an unknown queue": (
        _with(services={3: ServiceRule(queue="tax", handling="instant")}),
        "services.3: queue 'tax' is not one of the hall's",
    ),
    "an unknown weekday": (_hours(weekly={"monday": SPAN}), "hours: 'monday' is not one of mon, tue,"),
    "an unknown weekday in a season": (
        _hours(seasons=(Season(first="06-01", last="08-31", weekly={"周一": SPAN}),)),
        "hours: '周一' is not one of",
    ),
    "make-up days like an unknown weekday": (_hours(makeup_like="day"), "hours.makeup_like: 'day' is not one of"),
    "a season from no day of the year": (
        _hours(seasons=(Season(first="6-1", last="09-30", weekly={}),)),
        "hours.seasons: '6-1' is not MM-DD",
    ),
    "a season to no day of the year": (
        _hours(seasons=(Season(first="06-01", last="09-31", weekly={}),)),
        "hours.seasons: '09-31' is not MM-DD",
    ),
    "an exception on no date": (_hours(exceptions={"2026-02-29": ()}), "hours.exceptions: '2026-02-29' is not"),
    "an exception in another notation": (_hours(exceptions={"20260501": ()}), "hours.exceptions: '20260501' is not"),
    "a span that is no time": (_hours(weekly={"mon": (("8:30", "12:00"),)}), "hours: '8:30'-'12:00' is not HH:MM"),
    "a span that runs backwards": (_hours(weekly={"mon": (("12:00", "08:30"),)}), "hours: 12:00-08:30 overlaps or"),
    "a span over midnight": (_hours(weekly={"fri": (("22:00", "02:00"),)}), "hours: 22:00-02:00 overlaps or runs"),
    "a span before the day begins": (
        _hours(exceptions={"2026-05-01": (("03:59", "12:00"),)}),
        "hours: 03:59-12:00 begins before day_starts 04:00",
    ),
    "spans that overlap": (
        _hours(exceptions={"2026-05-01": (("08:00", "12:00"), ("11:00", "13:00"))}),
        "hours: 11:00-13:00 overlaps or runs backwards",
    ),
    "a head start below zero": (_with(rules=Rules(head_start_s={"elderly": -60})), "rules.head_start_s: must not be"),
    "a notice of two lines": (_with(notices=("一\n二",)), "notices: each takes 1-80 characters on one line"),
    "a blank notice": (_with(notices=(" ",)), "notices: each takes 1-80 characters"),
    "no address": (_with(province_code="javascript:alert(1)"), "province_code: must be an address"),
    "an address with blanks": (_with(province_code="https://a b"), "province_code: must be an address"),
    "an address too long": (_with(province_code="https://" + "x" * 301), "province_code: must be an address"),
    "a complaint phone of two lines": (_with(complaint_phone="1\n2"), "complaint_phone: takes 40 characters"),
    "a roster of no half day": (_roster(monday=""), "posts.post-1.roster: 'monday' is no half day"),
    "a roster of nobody's": (_roster(mon_morning="u_x"), "posts.post-1.roster: mon_morning names nobody who is"),
    "levels that fall": (
        _with(alarms=Thresholds(bad_ratings=Levels(yellow=3, red=2))),
        "alarms.bad_ratings: yellow, orange and red must rise",
    ),
    "a level below none": (
        _with(alarms=Thresholds(idle_min=Levels(red=-1))),
        "alarms.idle_min: must not be below zero",
    ),
    "proposals that flutter": (_with(flexible=Flexible(open_at=3, close_at=3)), "flexible: close_at must be below"),
    "proposals below none": (_with(flexible=Flexible(close_at=-1)), "flexible: must not be below zero"),
    "answers before the complaint": (
        _with(complaints=ComplaintRules(general_days=-1)),
        "complaints.general_days: must be 0-60 days",
    ),
    "a webhook nowhere": (_with(webhook=Webhook(url="ftp://example.gov.cn")), "webhook.url: must be an address"),
    "a webhook without a host": (_with(webhook=Webhook(url="https://:8443/")), "webhook.url: must be an address"),
    "a webhook with half a host": (_with(webhook=Webhook(url="https://[fd00::1")), "webhook.url: must be an address"),
    "a webhook without a port": (_with(webhook=Webhook(url="https://sms:99999/")), "webhook.url: must be an address"),
    "an area too long for a sign": (_counter(area="东" * 21), "counters.7.area: an area takes 20 characters"),
    "a screen under another's id": (_screen(id="hall"), "screens.lobby: id must equal its key"),
    "a screen of an unknown queue": (_screen(queues=("tax",)), "screens.lobby.queues: queue 'tax' is not one of"),
    "a screen of an area without counters": (_screen(areas=("三楼",)), "screens.lobby.areas: no counter stands in"),
    "pages that nobody can read": (_screen(page_s=1), "screens.lobby.page_s: must be 4-120 seconds"),
    "a voice without language": (_voice(languages=()), "voice.languages: at least one is needed"),
    "a voice of five languages": (_voice(languages=("zh", "en", "bo", "ug", "mn")), "voice.languages: 4 at most"),
    "a language that is no code": (_voice(languages=("中文",)), "voice.languages: language '中文' must be a code"),
    "a language twice": (_voice(languages=("zh", "zh")), "voice.languages: language 'zh' must be a code"),
    "words in a language that is no code": (_voice(templates={"": {}}), "voice.languages: language '' must be"),
    "no reading": (_voice(repeat=0), "voice.repeat: must be 1-5 readings"),
    "louder than all": (_voice(volume=101), "voice.volume: volumes must be 0-100"),
    "a span less than silent": (_voice(spans=(_span("12:00", "14:00", -1),)), "voice.volume: volumes must be 0-100"),
    "a loud span that is no time": (_voice(spans=(_span("noon", "14:00"),)), "voice.spans: 'noon'-'14:00' is not"),
    "loud spans that overlap": (
        _voice(spans=(_span("08:00", "12:00"), _span("11:00", "13:00"))),
        "voice.spans: 11:00-13:00 overlaps or runs backwards",
    ),
    "a blank sentence": (_voice(templates={"zh": {"call": " "}}), "voice.templates.zh.call: each takes 1-120"),
    "too many notices": (_with(notices=("通知",) * 13), "notices: 12 at most"),
    "a phrase that is too long": (_with(phrases=Phrases(pause=("长" * 41,))), "phrases.pause: each takes 1-40"),
    "calls that never expire": (_with(rules=Rules(call_expires_s=10**15)), "rules.call_expires_s: must be 0-604800"),
    "a head start of a life": (
        _with(rules=Rules(head_start_s={"elderly": 10**12})),
        "rules.head_start_s: must be 0-604800 seconds",
    ),
    "a rectification for grandchildren": (
        _with(rules=Rules(rectification_days=10**6)),
        "rules.rectification_days: must be 0-60 days",
    ),
    "services without end": (_queue(expected_service_s=10**15), "queues.express: must be 1-604800 seconds"),
    "fewer than no recalls": (_with(rules=Rules(recalls_max=-1)), "rules.recalls_max: must not be below zero"),
    "tickets void before any absence": (
        _with(rules=Rules(absences_until_void=0)),
        "rules.absences_until_void: must be",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_its_field(name: str) -> None:
    """A set-up that cannot work is told so in one sentence that begins with the field; it has that fault alone."""
    change, sentence = FAULTS[name]
    found = [str(fault) for fault in faults(change(township()))]
    assert [fault for fault in found if fault.startswith(sentence)], found
    assert name == "no queue" or not [fault for fault in found if not fault.startswith(sentence)]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_said_in_chinese_too(name: str) -> None:
    """With the same values, all of them filled in."""
    change, _ = FAULTS[name]
    for fault in faults(change(township())):
        assert re.search("[一-鿿]", fault.said(english=False))
        assert "{" not in fault.said(english=False) + fault.said(english=True)


@pytest.mark.parametrize("hall", [township(), village()], ids=lambda hall: str(hall.id))
def test_the_halls_of_the_demo_are_sound(hall: Hall) -> None:
    """The halls that the tests use have no fault."""
    assert list(faults(hall)) == []


def test_what_looks_odd_and_is_allowed() -> None:
    """A hall may be closed all year, set quotas of zero, run a season into spring, and post nobody anywhere."""
    winter = Season(first="11-01", last="02-29", weekly={"sat": (("09:00", "24:00"),)})
    hall = township(hours=Hours(weekly={}, seasons=(winter,), exceptions={"2026-05-01": ()}), posts={})
    assert list(faults(_queue(quota=Quota(morning=0), prefix="ZZ")(hall))) == []
    assert list(faults(_counter(queues=(), helps=())(hall))) == []
    assert list(faults(township(hours=Hours(weekly={"mon": (("04:00", "12:00"),)})))) == []
    assert list(faults(township(day_starts="09:00", hours=Hours(always=True)))) == [], "its spans mean nothing"


def test_the_post_of_a_counter() -> None:
    """A counter has the post that names it, or none: a flexible counter has none."""
    hall = township()
    assert hall.post_at(3) == hall.posts["post-3"]
    assert hall.post_at(7) is None


def test_who_may_claim_a_post() -> None:
    """The holder is A, a deputy B; relief may be anybody; and nobody is A of a post without a holder."""
    post = Post(id="post-1", name="1号岗", counter=1, a="anna", b=("bela", "cora"))
    assert post.holds("anna", "A") and post.holds("cora", "B") and post.holds("anyone", "relief")
    assert not post.holds("bela", "A") and not post.holds("anna", "B")
    assert not replace(post, a=None).holds("anna", "A")


def test_values_cannot_be_changed() -> None:
    """A value of the domain is frozen: a changed set-up is another value."""
    for value in (township(), Queue(id="q", name="q", kind="agency", prefix="A"), Rules(), Hours()):
        with pytest.raises(AttributeError):
            value.name = "x"  # type: ignore[misc,union-attr]
    assert Counter(number=1, name="", kind="agency", queues=()) == Counter(number=1, name="", kind="agency", queues=())
