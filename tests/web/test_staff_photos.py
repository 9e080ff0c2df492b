"""Photos: whose may be changed by whom, who sees them where, and what is told of it."""

import base64
import json

import pytest

from queue_server.records.photos import digest_of
from queue_server.records.portrait import portrait
from queue_server.web.api import LIMIT_BYTES
from tests.web.pages.conftest import Site
from tests.web.portraits import a_photo, picture
from tests.web.rig import Town

STAFF = "/halls/town/staff"
SHOWN = portrait(picture())


async def test_a_photo_is_shown_while_its_owner_is_on_duty(town: Town) -> None:
    """To everybody, on that counter alone; never before, never after, and not when it was taken away."""
    head, account = await town.person("head"), await town.site.person("clerk", counter=1)
    clerk = town.api(await town.site.session(account))
    path = f"{STAFF}/{account.id}/photo"

    async def seen(counter: int = 1, of: str = "") -> tuple[int, bytes]:
        answer = await town.client.get(f"/screen/town/{counter}/photo{of and '?of=' + of}")
        assert "no-store" in answer.headers.get("cache-control", "") or answer.status_code == 404
        return answer.status_code, answer.content if answer.status_code == 200 else b""

    put = await head.post(path, {"photo": a_photo()})
    assert put["photo"] == digest_of(SHOWN)
    assert await seen() == (404, b"")
    await clerk.post("/halls/town/counters/1/sign-on", {"capacity": "relief"})
    assert await seen() == await seen(of=put["photo"]) == (200, SHOWN)
    assert await seen(of="another") == await seen(counter=2) == await seen(counter=9) == (404, b"")
    assert (await town.client.get("/screen/town/1/plate")).json() == {"clerk": "王芳", "photo": put["photo"]}
    await clerk.post("/halls/town/counters/1/sign-off")
    assert await seen() == (404, b"")
    assert (await town.client.get("/screen/town/1/plate")).json() == {}
    await clerk.post("/halls/town/counters/1/sign-on", {"capacity": "relief"})
    assert "photo" not in await head.do("DELETE", path)
    assert await seen() == (404, b"")
    assert (await town.client.get("/screen/town/1/plate")).json() == {"clerk": "王芳"}


async def test_the_people_are_listed_with_the_digests_of_their_photos(town: Town) -> None:
    """And whoever keeps them looks at a photo that nobody else sees yet."""
    head, account = await town.person("head"), await town.site.person("clerk")
    path = f"{STAFF}/{account.id}/photo"
    await head.refuse("photo_unknown", "DELETE", path)
    await head.refuse("photo_unknown", "GET", path)
    put = await head.post(path, {"photo": a_photo()})
    assert (await head.send("GET", path)).content == SHOWN
    assert await head.post(f"{STAFF}/{account.id}", {"name": "王方"}) == put | {"name": "王方"}
    assert (await head.post(f"{STAFF}/{account.id}/password"))["photo"] == put["photo"]
    (listed,) = [person for person in (await head.get(STAFF))["staff"] if person["id"] == account.id]
    assert listed["photo"] == put["photo"]
    other = await head.post(path, {"photo": a_photo("darkred")})
    assert other["photo"] != put["photo"]


async def test_whose_photo_may_be_changed_by_whom(town: Town) -> None:
    """As with the rest of an account."""
    head, admin = await town.person("head"), await town.person("admin")
    clerk, stranger = await town.site.person("clerk"), await town.site.person("clerk", "elsewhere")
    shared, watcher = await town.site.person("clerk", "town", "west"), await town.site.person("discipline")
    body = {"photo": a_photo()}
    for caller in (town.public, await town.person("clerk"), await town.device("screen")):
        code = "token_missing" if caller is town.public else "not_allowed"
        for method in ("GET", "POST", "DELETE"):
            await caller.refuse(code, method, f"{STAFF}/{clerk.id}/photo", body if method == "POST" else None)
    for method in ("GET", "POST", "DELETE"):
        sent = body if method == "POST" else None
        await head.refuse("account_unknown", method, f"{STAFF}/{stranger.id}/photo", sent)
        await head.refuse("account_unknown", method, f"{STAFF}/nobody/photo", sent)
    await head.refuse("account_shared", "POST", f"{STAFF}/{shared.id}/photo", body)
    await head.refuse("not_allowed", "POST", f"{STAFF}/{watcher.id}/photo", body)
    await admin.post(f"{STAFF}/{shared.id}/photo", body)
    await admin.post(f"{STAFF}/{watcher.id}/photo", body)


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (base64.b64encode(b"rubbish").decode(), "photo_wrong"),
        (base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(), "photo_wrong"),
        (base64.b64encode(picture()[:-400]).decode(), "photo_wrong"),
        (base64.b64encode(picture(width=100, height=100)).decode(), "photo_size"),
        ("not base64", "wrong_shape"),
        ("x" * LIMIT_BYTES, "too_large"),
    ],
)
async def test_what_is_no_photo_is_refused_and_changes_nothing(town: Town, photo: str, code: str) -> None:
    """Neither the photo that was there nor the journal."""
    head, account = await town.person("head"), await town.site.person("clerk")
    path = f"{STAFF}/{account.id}/photo"
    await head.post(path, {"photo": a_photo()})
    before = await town.fingerprint()
    await head.refuse(code, "POST", path, {"photo": photo})
    assert await town.fingerprint() == before
    assert (await head.send("GET", path)).content == SHOWN


async def test_a_change_is_in_the_journal_and_the_picture_is_not(town: Town) -> None:
    """Who changed whose photo, in each of the halls where they work."""
    admin, account = await town.person("admin"), await town.site.person("clerk", "town", "west")
    path = f"{STAFF}/{account.id}/photo"
    await admin.post(path, {"photo": a_photo()})
    await admin.do("DELETE", path)
    changes = (await admin.get("/halls/town/changes"))["changes"]
    assert [(change["what"], change["subject"]) for change in changes[:2]] == [
        ("account_photo_removed", account.id),
        ("account_photo", account.id),
    ]
    assert digest_of(SHOWN) not in json.dumps(changes)
    west = await town.site.server.registry.create("west")
    assert len([event async for _, events in west.books.events_after(0) for event in events]) == 2


async def test_a_request_that_comes_twice_and_late_undoes_nothing(town: Town) -> None:
    """Neither a later photo nor a later name; and its own name does not keep a photo from being kept."""
    head, account = await town.person("head"), await town.site.person("clerk")
    path = f"{STAFF}/{account.id}/photo"
    first = await head.post(path, {"photo": a_photo()}, idempotency_key="first")
    await town.site.server.records.photos.delete(account.id)  # as if the first request had not come so far
    await head.post(f"{STAFF}/{account.id}", {"name": "王方"}, idempotency_key="rename")
    assert await head.post(path, {"photo": a_photo()}, idempotency_key="first") == first | {"name": "王方"}
    assert (await head.send("GET", path)).content == SHOWN
    later = await head.post(path, {"photo": a_photo("darkred")})
    await head.post(path, {"photo": a_photo()}, idempotency_key="first")
    await head.post(f"{STAFF}/{account.id}", {"name": "王方"}, idempotency_key="rename")
    assert digest_of((await head.send("GET", path)).content) == later["photo"]
    taken = await head.do("DELETE", path, idempotency_key="away")
    assert await head.do("DELETE", path, idempotency_key="away") == taken
    await head.post(path, {"photo": a_photo()})
    await head.do("DELETE", path, idempotency_key="away")
    assert (await head.send("GET", path)).content == SHOWN


async def test_who_leaves_for_good_takes_the_photo_along(site: Site) -> None:
    """With the account, wherever that is deleted."""
    await site.hall()
    account = await site.person("clerk")
    await site.server.records.photos.put(account.id, SHOWN)
    await site.server.records.accounts.delete(account.id)
    assert await site.server.records.photos.get(account.id) is None
