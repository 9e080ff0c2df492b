"""Who may keep whose account, and what is told of it."""

import asyncio

import pytest

from queue_server.records.accounts import Account
from tests.web.rig import Town

STAFF = "/halls/town/staff"
LI = {"user": "li", "name": "李雷", "role": "clerk", "counter": 1, "capacity": "A"}


async def test_somebody_new_can_sign_in_with_the_password_that_was_told(town: Town) -> None:
    """It is told once, and again only to the same request."""
    head = await town.person("head")
    added = await head.post(STAFF, LI, idempotency_key="add-li")
    assert {name: added[name] for name in LI} == LI
    assert await head.post(STAFF, LI, idempotency_key="add-li") == added
    assert all("password" not in person for person in (await head.get(STAFF))["staff"])
    signed_in = await town.public.post("/session", {"user": "LI", "password": added["password"]}, idempotency_key=None)
    assert (signed_in["role"], signed_in["halls"], signed_in["counter"]) == ("clerk", ["town"], 1)


async def test_a_new_password_ends_the_old_sessions(town: Town) -> None:
    """Chosen, or made up."""
    head = await town.person("head")
    person = await head.post(STAFF, LI)
    li = town.api(await town.site.session(await _account(town, person["id"])))
    await head.post(f"{STAFF}/{person['id']}/password", {"password": "a rather long one"})
    await li.refuse("token_invalid", "POST", "/halls/town/counters/1/sign-on", {"capacity": "A"})
    assert (await head.post(f"{STAFF}/{person['id']}/password"))["password"] != person["password"]


async def test_one_who_left_is_let_in_no_more_and_may_come_back(town: Town) -> None:
    """The account stays, because the journal names it."""
    head = await town.person("head")
    person = await head.post(STAFF, LI)
    await head.post(f"{STAFF}/{person['id']}", {"disabled": True})
    sign_in = {"user": "li", "password": person["password"]}
    await town.public.refuse("wrong_credentials", "POST", "/session", sign_in, idempotency_key=None)
    await head.post(f"{STAFF}/{person['id']}", {"disabled": False})
    await town.public.post("/session", sign_in, idempotency_key=None)
    whats = [change["what"] for change in (await head.get("/halls/town/changes"))["changes"]]
    assert whats[:3] == ["account_enabled", "account_disabled", "account_added"]


async def test_a_head_keeps_clerks_and_guides_only(town: Town) -> None:
    """Heads, and whoever looks into complaints about them, are the administrator's; nobody raises herself."""
    account = await town.site.person("head")
    head, admin = town.api(await town.site.session(account)), await town.person("admin")
    watcher = await admin.post(STAFF, LI | {"user": "ji", "role": "discipline"})
    for body in (LI | {"role": "head"}, LI | {"role": "discipline"}):
        await head.refuse("not_allowed", "POST", STAFF, body)
    await head.refuse("not_allowed", "POST", f"{STAFF}/{watcher['id']}", {"disabled": True})
    await head.refuse("not_allowed", "POST", f"{STAFF}/{watcher['id']}/password")
    clerk = await head.post(STAFF, LI)
    await head.refuse("not_allowed", "POST", f"{STAFF}/{clerk['id']}", {"role": "head"})
    await head.refuse("own_account", "POST", f"{STAFF}/{account.id}", {"role": "discipline"})
    await head.refuse("own_account", "POST", f"{STAFF}/{account.id}", {"disabled": True})
    assert (await head.post(f"{STAFF}/{account.id}", {"name": "赵敏"}))["name"] == "赵敏"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"user": "a b"}, "bad_user"),
        ({"user": " "}, "bad_user"),
        ({"password": "12345678"}, "weak_password"),
        ({"counter": 99}, "counter_unknown"),
        ({"role": "admin"}, "wrong_shape"),
        ({"name": ""}, "wrong_shape"),
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_no_trace(town: Town, change: dict[str, object], code: str) -> None:
    """Neither an account nor a line in the journal."""
    head = await town.person("head")
    before = await town.fingerprint()
    await head.refuse(code, "POST", STAFF, LI | change)
    assert await town.fingerprint() == before
    assert "李雷" not in str(await head.get(STAFF))


async def test_a_login_name_belongs_to_one(town: Town) -> None:
    """Of any hall."""
    head = await town.person("head")
    await head.post(STAFF, LI)
    await head.refuse("user_taken", "POST", STAFF, LI | {"user": "ＬＩ"})


async def test_people_of_other_halls_are_out_of_reach(town: Town) -> None:
    """As if there were none."""
    head = await town.person("head")
    stranger = await town.site.person("clerk", "elsewhere")
    await head.refuse("account_unknown", "POST", f"{STAFF}/{stranger.id}", {"name": "x"})
    await head.refuse("account_unknown", "POST", f"{STAFF}/nobody/password")


async def test_who_moves_on_from_a_counter_has_none(town: Town) -> None:
    """Nor a standing there; what is not spoken of stays."""
    head = await town.person("head")
    path = f"{STAFF}/{(await head.post(STAFF, LI))['id']}"
    assert (await head.post(path, {"name": "李蕾"}))["counter"] == 1
    assert (await head.post(path, {"counter": None})).keys() == {"id", "user", "name", "role", "disabled"}
    again = await head.post(path, {"counter": 2, "capacity": "B"})
    assert (again["counter"], again["capacity"]) == (2, "B")
    await head.refuse("counter_unknown", "POST", path, {"counter": 99})


async def test_whose_counter_is_gone_can_still_be_renamed(town: Town) -> None:
    """What is wrong already is no new mistake."""
    head, clerk = await town.person("head"), await town.site.person("clerk", counter=40)
    assert (await head.post(f"{STAFF}/{clerk.id}", {"name": "李蕾"}))["counter"] == 40


async def test_who_works_in_another_hall_too_is_an_administrators(town: Town) -> None:
    """A head has no say over what another head's people are called, or whether they may sign in."""
    shared = await town.site.person("clerk", "town", "west")
    head, of_both = (
        await town.person("head"),
        town.api(await town.site.session(await town.site.person("head", "west", "town"))),
    )
    for path, body in ((f"{STAFF}/{shared.id}", {"disabled": True}), (f"{STAFF}/{shared.id}/password", {})):
        await head.refuse("account_shared", "POST", path, body)
    await of_both.post(f"{STAFF}/{shared.id}", {"name": "李蕾"})
    await (await town.person("admin")).post(f"{STAFF}/{shared.id}", {"name": "李磊"})
    assert (await _account(town, shared.id)).name == "李磊"
    west = await town.site.server.registry.create("west")
    noted = [event.by async for _, events in west.books.events_after(0) for event in events]
    assert len(set(noted)) == len(noted) == 2, "its own head reads who changed it, too"


async def _account(town: Town, id: str) -> Account:
    account = await town.site.server.records.accounts.get(id)
    assert account is not None
    return account


async def test_a_request_that_comes_twice_and_late_undoes_nothing(town: Town) -> None:
    """Neither a later change nor a later password, and nobody is signed out by it."""
    head = await town.person("head")
    person = await head.post(STAFF, LI)
    path = f"{STAFF}/{person['id']}"
    await head.post(path, {"name": "李蕾"}, idempotency_key="rename")
    await head.post(path, {"name": "李磊"})
    await head.post(path, {"name": "李蕾"}, idempotency_key="rename")
    assert [found["name"] for found in (await head.get(STAFF))["staff"] if found["user"] == "li"] == ["李磊"]

    first = await head.post(f"{path}/password", idempotency_key="password")
    signed_in = town.api(await town.site.session(await _account(town, person["id"])))
    assert await head.post(f"{path}/password", idempotency_key="password") == first
    await signed_in.post("/halls/town/counters/1/sign-on", {"capacity": "relief"})
    later = await head.post(f"{path}/password")
    await head.post(f"{path}/password", idempotency_key="password")
    for password, status in ((first["password"], 401), (later["password"], 201)):
        answer = await town.public.send("POST", "/session", {"user": "li", "password": password}, idempotency_key=None)
        assert answer.status_code == status


async def test_the_same_request_twice_at_once_adds_one_person(town: Town) -> None:
    """A double press is answered twice alike."""
    head = await town.person("head")
    answers = await asyncio.gather(*(head.post(STAFF, LI, idempotency_key="twice") for _ in range(2)))
    assert answers[0] == answers[1]
