"""The calls that a hall made lately."""

from dataclasses import replace
from datetime import timedelta

from queue_server.push.call_log import CallLog, MadeCall
from tests.push.rig import at


def made(seq: int) -> MadeCall:
    """A call a second after the one before it, that expires in a minute."""
    return MadeCall(
        seq=seq, number=f"A{seq:03}", counter=1, called_at=at(seq), expires_at=at(seq) + timedelta(seconds=60)
    )


def test_an_acknowledged_seq_is_the_newest_call_up_to_it() -> None:
    """A reader of another topic acknowledges seqs at which nobody was called."""
    log = CallLog()
    assert log.at(9) is None
    for seq in (3, 5, 8):
        log.add(made(seq))
    found = [log.at(seq) for seq in (2, 3, 4, 7, 8, 99)]
    assert [call and call.number for call in found] == [None, "A003", "A003", "A005", "A008", "A008"]
    log.add(replace(made(9), counter=2))
    assert [call and call.seq for call in (log.at(99, 1), log.at(99, 2), log.at(99, 3))] == [8, 9, None]


def test_only_the_newest_are_kept() -> None:
    log = CallLog(kept=2)
    for seq in (1, 2, 3):
        log.add(made(seq))
    assert [call.seq for call in log] == [2, 3]
