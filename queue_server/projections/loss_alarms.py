"""History that was lost, until the head has seen to it: somebody holds a number, or was told a thing, that is gone."""

from collections.abc import Iterator

from queue_server.domain.alarm import Alarm
from queue_server.domain.book import Book

__all__ = ["loss_alarms"]


def loss_alarms(book: Book) -> Iterator[Alarm]:
    """One for each loss, by the epoch that ended with it; the figure says how many records are gone."""
    for loss in book.losses.open():
        yield Alarm(
            kind="history_lost", colour="red", subject=loss.epoch, figure=loss.known - loss.kept, since=loss.until
        )
