"""…/voice/test: announcers and speaking screens say a sentence, so that whoever set them up hears them."""

import msgspec

from queue_server.web import schemas
from queue_server.web.access import KEEPERS
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.repeatable import digits_for
from queue_server.wire import frames

__all__ = ["OPERATIONS"]


async def try_out(call: Call) -> Reply:
    """Ask everybody who follows the calls for the test sentence. Nothing of it is kept: whoever is away never hears."""
    call.key_is_new_to("day")
    call.key_is_new_to("book")
    server, runner = call.server, call.runner
    # From the key, so that a repeated request is the same test: each is said once.
    test = digits_for(server.secret, call.command)
    now = runner.now()
    await server.hint(runner.id, "calls", frames.hint("calls", now, msgspec.json.encode({"test": test})))
    there = [
        present.role
        for present in (await server.presences.of(runner.id, server.now())).present
        if present.topic == "calls" and present.connections
    ]
    return Reply({"test": test, "announcers": there.count("announcer"), "screens": there.count("screen")})


OPERATIONS = (
    Operation(
        method="POST",
        path="/halls/{hall}/voice/test",
        summary="Let announcers and speaking screens say a test sentence",
        handler=try_out,
        who=KEEPERS,
        body=schemas.Nothing,
        result=schemas.VoiceTest,
    ),
)
