"""What a hall screen plays: the sound of a call, and of the sound check."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.voice.clips import Spoken
from queue_server.web.access import EVERYONE
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError
from queue_server.wire.resume import is_seq

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`…/voice/{epoch}/{seq}.wav` for calls that have not expired, `…/voice/test.wav`; for everybody, as the screen is.

    The header Jiaohao-Voice says what spoke, percent-encoded, and is empty when there is the chime alone;
    Jiaohao-Sentence-At says at which second the sentences begin, for a repeat without the chime.
    """
    spoken = pages.server.spoken

    async def call(request: Request) -> Response:
        runner = await pages.hall(request)
        seq = request.path_params["seq"]
        sound = await spoken.sound_of(runner, request.path_params["epoch"], int(seq)) if is_seq(seq) else None
        if sound is None:
            raise ProblemError("not_found")
        return _wav(sound)

    async def test(request: Request) -> Response:
        return _wav(await spoken.sound_check(await pages.hall(request)))

    return [
        pages.route("/screen/{hall}/voice/test.wav", test, EVERYONE),
        pages.route("/screen/{hall}/voice/{epoch}/{seq}.wav", call, EVERYONE),
    ]


def _wav(sound: Spoken) -> Response:
    headers = {"cache-control": "no-store", "jiaohao-voice": quote(sound.voice)}
    if sound.sentence_at_s is not None:
        headers["jiaohao-sentence-at"] = f"{sound.sentence_at_s:.3f}"
    return Response(sound.wav, media_type="audio/wav", headers=headers)
