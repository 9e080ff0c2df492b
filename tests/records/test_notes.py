"""Notes: from the draft before the journal to the deletion; masking phone numbers."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.records import notes
from queue_server.records.base import RecordStore
from queue_server.records.errors import NoteMismatch
from queue_server.records.notes import DRAFT, Doubtful, Kept, Look, Note, NoteKind, Notes, Swept, mask_phone
from queue_server.records.records import Records
from tests.records.conftest import NOW

SECOND = timedelta(seconds=1)
KEPT = Kept()
TEXT = "材料不齐，缺身份证复印件"


class Journal:
    """A journal as far as notes go: which references stand in it."""

    def __init__(self, *refs: str) -> None:
        self.refs = set(refs)
        self.asked: list[Doubtful] = []
        self.away = False

    async def referenced(self, doubtful: Sequence[Doubtful]) -> Collection[str]:
        if self.away:
            raise OSError("the journal is away")
        self.asked += doubtful
        return self.refs


async def draft(records: Records, ref: str, kind: NoteKind = "hold_reason") -> None:
    await records.notes.put(ref, "town", kind, TEXT, NOW + DRAFT)


def test_every_kind_has_a_time_it_is_kept() -> None:
    assert all(DRAFT < KEPT.of(kind) < KEPT.look for kind in get_args(NoteKind))


async def test_how_long_notes_and_looks_are_kept_can_be_chosen(store: RecordStore) -> None:
    """Each kind by its purpose; a note that a crash left unconfirmed is kept as long as any."""
    day = timedelta(days=1)
    kept = Kept(reason=1 * day, exception=2 * day, comment=3 * day, complaint=4 * day, phone=5 * day, look=6 * day)
    kinds: tuple[NoteKind, ...] = get_args(NoteKind)
    assert [kept.of(kind) // day for kind in kinds] == [1, 1, 1, 2, 2, 3, 5, 2, 1, 3, 3, 4, 4, 4, 4, 4]
    kept_notes = Notes(store, kept)
    for kind in kinds:
        await kept_notes.put(f"n_{kind}", "town", kind, TEXT, NOW)
    journal = Journal(*(f"n_{kind}" for kind in kinds))
    assert await kept_notes.sweep(NOW, journal.referenced) == Swept(mended=len(kinds), deleted=0)
    await kept_notes.get("n_phone", "u_1", NOW)
    deleted = [(await kept_notes.sweep(NOW + n * day, journal.referenced)).deleted for n in range(1, 7)]
    assert deleted == [4, 3, 3, 5, 1, 0]
    assert await kept_notes.looks("n_phone") != []
    await kept_notes.sweep(NOW + 6 * day + SECOND, journal.referenced)
    assert await kept_notes.looks("n_phone") == []


async def test_a_note_can_be_read_until_its_expiry(records: Records) -> None:
    await draft(records, "n_1")
    drafted = Note(ref="n_1", hall="town", kind="hold_reason", text=TEXT, expires_at=NOW + DRAFT)
    assert await records.notes.get("n_1", "u_1", NOW) == drafted
    until = NOW + KEPT.of("hold_reason")
    assert await records.notes.confirm("n_1", until)
    kept = await records.notes.get("n_1", "u_1", until - SECOND)
    assert kept == Note(ref="n_1", hall="town", kind="hold_reason", text=TEXT, expires_at=until, confirmed=True)
    assert await records.notes.get("n_1", "u_1", until) is None
    assert await records.notes.get("n_unknown", "u_1", NOW) is None


async def test_every_look_is_recorded_with_who_and_when(records: Records) -> None:
    await draft(records, "n_1")
    await draft(records, "n_2")
    await records.notes.get("n_1", "u_1", NOW)
    found = await records.notes.get_many(["n_1", "n_2", "n_unknown"], "u_2", NOW + SECOND)
    assert {ref: note.text for ref, note in found.items()} == {"n_1": TEXT, "n_2": TEXT}
    assert await records.notes.looks("n_1") == [
        Look(ref="n_1", reader="u_1", at=NOW),
        Look(ref="n_1", reader="u_2", at=NOW + SECOND),
    ]
    assert await records.notes.looks("n_2") == [Look(ref="n_2", reader="u_2", at=NOW + SECOND)]
    assert await records.notes.looks("n_unknown") == []


async def test_a_retried_put_and_confirm_change_nothing(records: Records) -> None:
    for _ in range(2):
        await draft(records, "n_1")
    for _ in range(2):
        assert await records.notes.confirm("n_1", NOW + KEPT.of("hold_reason"))
    await draft(records, "n_1")
    note = await records.notes.get("n_1", "u_1", NOW + DRAFT)
    assert note is not None
    assert note.text == TEXT


async def test_two_texts_under_one_reference_are_a_bug(records: Records) -> None:
    await draft(records, "n_1")
    with pytest.raises(NoteMismatch):
        await records.notes.put("n_1", "village", "hold_reason", TEXT, NOW + DRAFT)


async def test_the_text_of_a_note_is_not_in_its_repr() -> None:
    note = Note(ref="n_1", hall="town", kind="phone", text="13812345678", expires_at=NOW)
    assert "n_1" in repr(note)
    assert "13812345678" not in f"{note!r} {note}"


async def test_the_sweep_deletes_expired_notes(records: Records) -> None:
    await draft(records, "n_1", "phone")
    await records.notes.confirm("n_1", NOW + KEPT.of("phone"))
    journal = Journal("n_1")
    assert await records.notes.sweep(NOW + KEPT.of("phone") - SECOND, journal.referenced) == Swept(mended=0, deleted=0)
    assert await records.notes.sweep(NOW + KEPT.of("phone"), journal.referenced) == Swept(mended=0, deleted=1)
    assert await records.notes.get("n_1", "u_1", NOW) is None
    assert not await records.notes.confirm("n_1", NOW + KEPT.of("phone"))
    assert journal.asked == []


async def test_the_sweep_mends_what_a_crash_left_unconfirmed(records: Records) -> None:
    await draft(records, "n_in_journal")
    await draft(records, "n_refused")
    journal, after = Journal("n_in_journal"), NOW + DRAFT
    assert await records.notes.sweep(after - SECOND, journal.referenced) == Swept(mended=0, deleted=0)
    assert await records.notes.sweep(after, journal.referenced) == Swept(mended=1, deleted=1)
    assert journal.asked == [Doubtful(ref, "town", "hold_reason") for ref in ("n_in_journal", "n_refused")]
    assert set(await records.notes.get_many(["n_in_journal", "n_refused"], "u_1", after)) == {"n_in_journal"}
    assert await records.notes.sweep(after + KEPT.of("hold_reason"), journal.referenced) == Swept(mended=0, deleted=1)


async def test_while_the_journal_is_away_doubtful_notes_stay_and_expired_ones_go(records: Records) -> None:
    await draft(records, "n_doubtful")
    await draft(records, "n_expired")
    await records.notes.confirm("n_expired", NOW + SECOND)
    journal = Journal("n_doubtful")
    journal.away = True
    with pytest.raises(OSError, match="away"):
        await records.notes.sweep(NOW + DRAFT, journal.referenced)
    assert await records.notes.get("n_expired", "u_1", NOW) is None
    journal.away = False
    assert await records.notes.sweep(NOW + DRAFT, journal.referenced) == Swept(mended=1, deleted=0)


async def test_a_retry_during_the_sweep_keeps_its_note(records: Records) -> None:
    await draft(records, "n_1")
    after = NOW + DRAFT

    async def retried_meanwhile(doubtful: Sequence[Doubtful]) -> Collection[str]:
        await records.notes.put("n_1", "town", "hold_reason", TEXT, after + DRAFT)
        return []

    assert await records.notes.sweep(after, retried_meanwhile) == Swept(mended=0, deleted=0)
    assert await records.notes.confirm("n_1", after + KEPT.of("hold_reason"))


async def test_the_journal_is_asked_in_batches(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "BATCH", 2)
    for n in range(5):
        await draft(records, f"n_{n}")
    sizes: list[int] = []

    async def first_of_each(doubtful: Sequence[Doubtful]) -> Collection[str]:
        sizes.append(len(doubtful))
        return [doubtful[0].ref]

    assert await records.notes.sweep(NOW + DRAFT, first_of_each) == Swept(mended=3, deleted=2)
    assert sizes == [2, 2, 1]


async def test_a_note_can_be_forgotten_before_its_time(records: Records) -> None:
    await draft(records, "n_1", "phone")
    assert await records.notes.forget(["n_1", "n_unknown"]) == 1
    assert await records.notes.get("n_1", "u_1", NOW) is None


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        (" 138 1234 5678 ", "138 **** 5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("+86 13812345678", "+86 138****5678"),
        ("+86-138-1234-5678", "+86-138-****-5678"),
        ("010-62345678", "010-****5678"),
        ("(0755)8234567", "(0755)***4567"),
        ("025 81234567", "025 ****4567"),
        ("62345678", "****5678"),
        ("8234567", "***4567"),
        ("4008001234", "******1234"),
        ("823456", "****56"),
        ("12345", "***45"),
        ("0123456", "*****56"),
        ("1234", "****"),
        ("110", "***"),
        ("", ""),
        ("张三13812345678", "**138****5678"),
    ],
)
def test_a_phone_number_is_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.text(alphabet="0123456789+-() 张a", max_size=30))
def test_whatever_the_number_three_digits_of_it_or_all_are_hidden(phone: str) -> None:
    digits = sum(character.isdigit() for character in phone)
    shown = sum(character.isdigit() for character in mask_phone(phone))
    assert digits - shown >= min(digits, 3)
    assert not set(mask_phone(phone)) & {"张", "a"}
