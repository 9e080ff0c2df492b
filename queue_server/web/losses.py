"""…/losses: the head's word that what was lost was seen to. What it was is told among the alarms, see hall_watch."""

from collections.abc import Sequence

from queue_server.domain.book import Book
from queue_server.domain.book_commands import AcknowledgeLoss
from queue_server.domain.book_events import BookEvent
from queue_server.web import schemas
from queue_server.web.access import Role
from queue_server.web.api import Call, Operation, Reply

__all__ = ["OPERATIONS"]

HEAD: frozenset[Role] = frozenset({"head"})


async def acknowledge(call: Call) -> Reply:
    """What was lost has been seen to: the alarm ends, on every server."""
    epoch = call.path["loss"]

    def answer(book: Book, happened: Sequence[BookEvent]) -> dict[str, str]:
        return {"loss": epoch}

    return Reply(await call.run_book(AcknowledgeLoss(by=call.caller.id, epoch=epoch), answer))


OPERATIONS = (
    Operation(
        method="POST", path="/halls/{hall}/losses/{loss}/acknowledge", summary="Say that lost records were seen to",
        handler=acknowledge, who=HEAD, body=schemas.Nothing, result=schemas.LossAcknowledged, codes=("loss_unknown",),
    ),
)  # fmt: skip
