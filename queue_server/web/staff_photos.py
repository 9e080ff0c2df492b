"""…/staff/{account}/photo: whose face is on the counter while they are on duty there. Kept in the records alone; the
journal knows that a photo was changed, by whom and when, and not how it looks.
"""

import asyncio

from queue_server.records.errors import NoPicture, NoSuchRecord, PictureSize
from queue_server.records.photos import digest_of
from queue_server.web import schemas
from queue_server.web.access import KEEPERS
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.problems import ProblemError
from queue_server.web.staff import person_json, person_of, write_down

__all__ = ["OPERATIONS", "PICTURE"]

PICTURE = "image/jpeg"


async def look(call: Call) -> Reply:
    """Somebody's photo, for whoever keeps the hall's people."""
    account = await call.server.records.accounts.get(call.path["account"])
    if account is None or call.runner.id not in account.halls:
        raise ProblemError("account_unknown")
    photo = await call.server.records.photos.get(account.id)
    if photo is None:
        raise ProblemError("photo_unknown")
    return Reply(photo.picture)


async def put(call: Call) -> Reply:
    """Show this picture of somebody from now on, cut to 3:4 and without what else its file held."""
    account = await person_of(call)
    try:
        picture = await asyncio.to_thread(_portrait, call.body.photo)
    except NoPicture as error:
        raise ProblemError("photo_wrong") from error
    except PictureSize as error:
        raise ProblemError("photo_size") from error
    photos = call.server.records.photos
    if await write_down(call, account.id, "photo", account.halls):
        try:
            await photos.put(account.id, picture)
        except NoSuchRecord as error:  # deleted on the command line meanwhile
            raise ProblemError("account_unknown") from error
    return Reply(person_json(account, digest_of(picture)))


def _portrait(data: bytes) -> bytes:
    from queue_server.records.portrait import portrait  # with its library, which no start is to wait for

    return portrait(data)


async def take_away(call: Call) -> Reply:
    """Show nobody's face there any more, and forget the picture."""
    account = await person_of(call)
    photos = call.server.records.photos
    if await photos.get(account.id) is None and not call.runner.books.knows(call.command_id):
        raise ProblemError("photo_unknown")
    if await write_down(call, account.id, "photo_removed", account.halls):
        await photos.delete(account.id)
    return Reply(person_json(account))


OPERATIONS = (
    Operation(
        method="GET", path="/halls/{hall}/staff/{account}/photo", summary="Somebody's photo", handler=look,
        who=KEEPERS, result=None, gives=PICTURE, codes=("account_unknown", "photo_unknown"),
    ),
    Operation(
        method="POST", path="/halls/{hall}/staff/{account}/photo", summary="Show somebody's photo on their counter",
        handler=put, who=KEEPERS, body=schemas.NewPhoto, result=schemas.PersonShape,
        codes=("account_unknown", "account_shared", "photo_wrong", "photo_size"),
    ),
    Operation(
        method="DELETE", path="/halls/{hall}/staff/{account}/photo", summary="Take somebody's photo away",
        handler=take_away, who=KEEPERS, result=schemas.PersonShape,
        codes=("account_unknown", "account_shared", "photo_unknown"),
    ),
)  # fmt: skip
