"""…/webhook: what was sent to the hall's webhook, a test of it, and the secret that signs it. Its address is set up."""

from typing import Any

from queue_server.domain.book_commands import NoteWebhookSecret
from queue_server.domain.book_events import WebhookSecretRenewed
from queue_server.domain.hall import Hall
from queue_server.projections.instant import instant
from queue_server.records.outbox import Message
from queue_server.web import schemas
from queue_server.web.access import KEEPERS
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.problems import ProblemError
from queue_server.web.repeatable import secret_for
from queue_server.webhooks.address import is_confidential
from queue_server.webhooks.messages import body_of, trial
from queue_server.webhooks.signature import SECRET_BYTES, written

__all__ = ["OPERATIONS"]

NEWEST = 50
"""Messages that are listed."""


async def look(call: Call) -> Reply:
    """How the webhook stands, and what was sent there."""
    records = call.server.records
    messages = await records.outbox.newest(call.runner.id, NEWEST)
    return Reply(
        {
            "signed": await records.secrets.of_webhook(call.runner.id) is not None,
            "confidential": is_confidential(_hall(call).webhook.url),
            "messages": [_view(message, call.english) for message in messages],
        }
    )


async def test(call: Call) -> Reply:
    """Send a test, which goes the way of everything else. Refused where it could go nowhere."""
    hall, records, server = _hall(call), call.server.records, call.server
    call.key_is_new_to("day")
    call.key_is_new_to("book")
    if not hall.webhook.url:
        raise ProblemError("webhook_unset")
    if await records.secrets.of_webhook(hall.id) is None:
        raise ProblemError("webhook_unsigned")
    message = trial(hall, call.command, server.now())
    await records.outbox.add([message])
    server.sender.wake()
    newest = await records.outbox.newest(hall.id, NEWEST)
    return Reply(_view(next((found for found in newest if found.id == message.id), message), call.english))


async def renew(call: Call) -> Reply:
    """Sign with a new secret from now on, which is told once. The old one is of no more use."""
    call.key_is_new_to("day")
    secret = secret_for(call.server.secret, call.command, SECRET_BYTES)
    seq = await call.runner.write_down(NoteWebhookSecret(by=call.caller.id), call.command_id, call.fingerprint)
    async for _, events in call.runner.books.events_after(seq):
        if any(isinstance(event, WebhookSecretRenewed) for event in events):
            break  # it was renewed since by another: a repeated request must not undo that
    else:
        await call.server.records.secrets.renew_webhook(call.runner.id, secret)
    return Reply({"secret": written(secret)})


def _hall(call: Call) -> Hall:
    hall = call.runner.books.durable.hall
    if hall is None:
        raise ProblemError("hall_unknown")
    return hall


def _view(message: Message, english: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": message.id,
        "kind": message.kind,
        "text": body_of(message)["data"]["text"]["en" if english else "zh"],
        "made_at": instant(message.made_at),
        "state": message.state,
        "attempts": message.attempts,
    }
    if message.tried_at is not None:
        view["tried_at"] = instant(message.tried_at)
    if message.state == "waiting":
        view["next_at"] = instant(message.next_at)
    if message.answer is not None:
        view["answer"] = message.answer
    if message.fault is not None:
        view["fault"] = message.fault
    return view


OPERATIONS = (
    Operation(
        method="GET", path="/halls/{hall}/webhook", summary="The hall's webhook, and what was sent there", handler=look,
        who=KEEPERS, result=schemas.WebhookShape,
    ),
    Operation(
        method="POST", path="/halls/{hall}/webhook/test", summary="Send a test to the hall's webhook", handler=test,
        who=KEEPERS, body=schemas.Nothing, result=schemas.DeliveryShape, status=201,
        codes=("webhook_unset", "webhook_unsigned"),
    ),
    Operation(
        method="POST", path="/halls/{hall}/webhook/secret", summary="Renew the secret that signs the hall's messages",
        handler=renew, who=KEEPERS, body=schemas.Nothing, result=schemas.WebhookSecret, status=201,
    ),
)  # fmt: skip
