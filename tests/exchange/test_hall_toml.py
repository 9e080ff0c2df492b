"""A hall out to TOML and in again is the same hall."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_server import catalogue
from queue_server.domain.half_day import WEEKLY
from queue_server.domain.hall import Hall, Rules
from queue_server.domain.hours import Hours, Season
from queue_server.domain.phrases import Phrases
from queue_server.domain.post import Post
from queue_server.domain.printer import Printer
from queue_server.domain.queue import Quota
from queue_server.domain.screen import Screen
from queue_server.domain.service import Choices, Guide, service_rules
from queue_server.domain.thresholds import Levels, Thresholds
from queue_server.domain.voice import Voice
from queue_server.domain.webhook import Webhook
from queue_server.exchange.hall_toml import read_hall, write_hall
from tests.domain.halls import township, village

CATALOGUE, HANDLING = catalogue.by_number(), catalogue.default_handling()
NUMBERS = st.sampled_from(sorted(CATALOGUE))
PLAIN = st.text("请到号窗口 .,", max_size=12)
LINE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
SPANS = st.sampled_from([(), (("08:30", "12:00"), ("14:00", "17:30")), (("09:00", "24:00"),)])
WEEK = st.dictionaries(st.sampled_from(["mon", "wed", "sun"]), SPANS)


@st.composite
def halls(draw: st.DrawFn) -> Hall:
    """A sound hall with something in every part."""
    hall = draw(st.sampled_from([township(), village()]))
    queues = {
        id: replace(queue, name=draw(LINE), quota=Quota(morning=draw(st.none() | st.integers(0, 99))))
        for id, queue in hall.queues.items()
    }
    choices = Choices(
        added=draw(st.frozensets(NUMBERS, max_size=3)),
        withdrawn=draw(st.frozensets(NUMBERS, max_size=3)),
        names=draw(st.dictionaries(NUMBERS, LINE, max_size=2)),
        handling=draw(st.dictionaries(NUMBERS, st.sampled_from(["instant", "promised"]), max_size=3)),
        queues=draw(st.dictionaries(NUMBERS, st.sampled_from(sorted(queues)), max_size=3)),
    )
    season = Season(first="06-01", last="09-30", weekly=draw(WEEK))
    return replace(
        hall,
        name=draw(LINE),
        place=draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=20)),
        queues=queues,
        choices=choices,
        services=service_rules(CATALOGUE.values(), hall.level, queues, HANDLING, choices),
        guides=draw(
            st.dictionaries(NUMBERS, st.builds(Guide, fee=st.none() | LINE, materials=st.tuples(LINE)), max_size=2)
        ),
        printers={"front": Printer(id="front", connection="network", host="10.0.0.1", kiosks=("d_1",))},
        hours=Hours(weekly=draw(WEEK), seasons=(season,), exceptions={"2026-05-01": draw(SPANS)}),
        rules=Rules(recalls_max=draw(st.integers(0, 9)), phone_ticketing=draw(st.booleans())),
        phrases=Phrases(pause=(draw(LINE),)),
        notices=(draw(LINE),),
        province_code=draw(st.sampled_from(["", "https://example.gov.cn/1"])),
        screens={"lobby": Screen(id="lobby", name=draw(LINE), queues=(sorted(queues)[0],), pages=("duty", "services"))},
        voice=Voice(
            volume=draw(st.integers(0, 100)), templates={"zh": {"call": "{number}" + draw(PLAIN) + "{counter}"}}
        ),
        posts={id: replace(post, roster=_roster(draw, post)) for id, post in hall.posts.items()},
        alarms=Thresholds(idle_min=Levels(red=draw(st.integers(0, 99)))),
        webhook=Webhook(kinds=draw(st.sampled_from([(), ("bad_rating",)]))),
    )


def _roster(draw: st.DrawFn, post: Post) -> dict[str, str]:
    return draw(st.dictionaries(st.sampled_from(sorted(WEEKLY)), st.sampled_from(["", *post.holders]), max_size=3))


@given(halls())
@settings(max_examples=60, deadline=None)
def test_out_and_in_is_the_same_hall(hall: Hall) -> None:
    """Its holders by their login names."""
    ids = sorted({id for post in hall.posts.values() for id in (post.a, *post.b) if id})
    users = {id: f"user-{place}" for place, id in enumerate(ids)}
    text = write_hall(hall, users)
    there = read_hall(text, {user: id for id, user in users.items()}, CATALOGUE, HANDLING)
    assert there == hall
    assert there.same_as(hall)
    assert not any(id in text for id in ids)


def test_a_holder_without_an_account_is_left_out() -> None:
    """Rather than making a file that nobody can read."""
    hall = township()
    there = read_hall(write_hall(hall, {}), {}, CATALOGUE, HANDLING)
    assert all((post.a, post.b, post.roster) == (None, (), {}) for post in there.posts.values())
