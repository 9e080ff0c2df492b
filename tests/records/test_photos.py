"""Photos as the rest of the server keeps them."""

import pytest

from queue_server.records.errors import NoSuchRecord
from queue_server.records.photos import Photo
from queue_server.records.records import Records


async def test_a_photo_is_kept_until_it_is_taken_away(records: Records) -> None:
    """Each picture has a digest of its own."""
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    kept = await records.photos.put(account.id, b"a picture")
    assert (kept.account, kept.picture) == (account.id, b"a picture")
    assert await records.photos.get(account.id) == kept
    other = await records.photos.put(account.id, b"another")
    assert await records.photos.digests([account.id]) == {account.id: other.digest} != {account.id: kept.digest}
    for _ in range(2):
        await records.photos.delete(account.id)
        assert await records.photos.get(account.id) is None


async def test_there_is_none_of_nobody(records: Records) -> None:
    with pytest.raises(NoSuchRecord):
        await records.photos.put("u_unknown", b"a picture")


def test_a_picture_does_not_reach_a_log() -> None:
    assert "secret" not in repr(Photo(account="u_1", digest="d", picture=b"secret"))
