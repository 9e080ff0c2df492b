"""The smallest stream that a runner can run: a stock of things, which are put in and taken out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Self

import msgspec

from queue_server.domain.refusals import Refusal
from queue_server.engine.loss import Loss
from queue_server.engine.stream_runner import Request, StreamRunner
from queue_server.journal.base import Journal, Stream
from queue_server.journal.codec import Codec

__all__ = ["NOON", "SHORT", "STREAM", "Changed", "Stock", "StockRunner", "put", "start", "take", "take_all"]

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
STREAM = Stream("town", "day")
SHORT = Refusal(code="quota_reached")


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """So many came in; below zero, went out."""

    at: datetime
    by: int


CODEC: Codec[Changed] = Codec(Changed)


class Stock:
    """How many there are."""

    def __init__(self) -> None:
        self.seq = 0
        self.last_at: datetime | None = None
        self.count = 0

    def copy(self) -> Self:
        other = type(self)()
        other.seq, other.last_at, other.count = self.seq, self.last_at, self.count
        return other


def apply(stock: Stock, event: Changed) -> Stock:
    stock.seq += 1
    stock.last_at = event.at
    stock.count += event.by
    return stock


Put = Request[Stock, Changed, int]


def put(count: int, key: str, fingerprint: str = "", mark: str | None = None) -> Put:
    """Put some in, an event each; the answer is how many there are then."""
    return Request(
        command_id=key,
        fingerprint=fingerprint,
        decide=lambda stock, now: [Changed(now, 1)] * count,
        answer=lambda stock, events: stock.count,
        mark=mark,
    )


def take(count: int, key: str) -> Put:
    """Take some out; refused when there are fewer."""
    return Request(
        command_id=key,
        fingerprint="",
        decide=lambda stock, now: SHORT if stock.count < count else [Changed(now, -count)],
        answer=lambda stock, events: stock.count,
    )


def take_all(key: str) -> Put:
    """Take all out; nothing happens when there are none. The answer is how many were taken."""
    return Request(
        command_id=key,
        fingerprint="",
        decide=lambda stock, now: [Changed(now, -stock.count)] if stock.count else [],
        answer=lambda stock, events: -sum(event.by for event in events),
    )


class StockRunner(StreamRunner[Stock, Changed]):
    """A runner of one stock. `news` has the seq of each durable batch that was told, and how many there were then;
    `lost` what was lost of its history, after which `first` goes before anything else.
    """

    def __init__(self, journal: Journal) -> None:
        self.news: list[tuple[int, int]] = []
        self.old: list[int] = []
        self.replaced = 0
        self.lost: list[Loss] = []
        self.first: Put | None = None
        super().__init__(
            journal,
            STREAM,
            CODEC,
            new=Stock,
            apply=apply,
            now=lambda: NOON,
            committed=self._told,
            replayed=lambda stock, events, seq: self.old.append(seq),
            lost=self._missed,
        )

    def _told(self, stock: Stock, events: Sequence[Changed], seq: int) -> None:
        assert stock is self.durable and stock.seq == self.head.seq == seq
        self.news.append((seq, stock.count))
        self.replaced += not events

    def _missed(self, loss: Loss, was: Stock, stock: Stock) -> Put | None:
        assert stock is self.durable and (was.seq, loss.stream) == (loss.head.seq, STREAM)
        self.lost.append(loss)
        return self.first


async def start(journal: Journal) -> StockRunner:
    """A runner that has been loaded."""
    runner = StockRunner(journal)
    await runner.load()
    return runner
