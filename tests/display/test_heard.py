"""What a hall hears: the announcer's sound is recorded at the loudspeaker, cut into utterances, and listened to."""

import asyncio
import math
import os
import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from queue_server.domain.hall import Rules
from queue_server.domain.voice import Voice
from queue_server.voice.audio import FULL_SCALE, Clip, join, read_wav
from queue_server.voice.engines import engines
from queue_server.voice.language import Called
from queue_server.voice.phrasebook import shipped
from queue_server.voice.speaking import Manner, Speaker
from tests.display import loudspeaker
from tests.web.pages.conftest import TOWN, Site

SPEED = 50
FRAME_S = 0.02
APART_S = 0.5  # more than a comma's pause, less than the silence between two readings
CHIME_S = 1.6


def _tape(folder: Path) -> Clip:
    """All that was played, in its order, with the pauses between, at usual speed; sounds over each other fail."""
    plays = []
    for file in folder.iterdir():
        begin, end = map(float, file.stem.split("-"))
        plays.append((begin, end, read_wav(file.read_bytes())))
    plays.sort(key=lambda play: play[0])
    for (_, ended, _), (begins, _, _) in pairwise(plays):
        assert begins >= ended, "two voices at once"
    return join(clip for _, _, clip in plays)


def _loudness(clip: Clip) -> list[float]:
    """Root mean square of each frame, 0–1."""
    size = round(clip.rate * FRAME_S)
    frames = (clip.samples[at : at + size] for at in range(0, len(clip.samples), size))
    return [math.sqrt(sum(sample * sample for sample in frame) / len(frame)) / FULL_SCALE for frame in frames]


def _utterances(tape: Clip) -> tuple[list[Clip], list[float]]:
    """The tape cut where it is silent for long: the utterances, and the silences between them, seconds."""
    size, quiet = round(tape.rate * FRAME_S), round(APART_S / FRAME_S)
    loud = [at for at, level in enumerate(_loudness(tape)) if level > 0.003]
    begins = [loud[0], *(b for a, b in pairwise(loud) if b - a > quiet)]
    ends = [*(a for a, b in pairwise(loud) if b - a > quiet), loud[-1]]
    cuts = [
        Clip(tape.rate, tape.samples[begin * size : (end + 1) * size]) for begin, end in zip(begins, ends, strict=True)
    ]
    return cuts, [(begin - end - 1) * FRAME_S for end, begin in zip(ends, begins[1:], strict=False)]


def _strength(clip: Clip, pitch: float, begin_s: float, end_s: float) -> float:
    """The share of a stretch's power that is at one pitch, Hz (Goertzel)."""
    samples = clip.samples[round(begin_s * clip.rate) : round(end_s * clip.rate)]
    turn = 2 * math.cos(2 * math.pi * pitch / clip.rate)
    last = before = 0.0
    for sample in samples:
        last, before = sample + turn * last - before, last
    power = last * last + before * before - turn * last * before
    return 2 * power / len(samples) / max(1.0, math.fsum(sample * sample for sample in samples))


def _has_chime(utterance: Clip) -> bool:
    """Ding, then dong."""
    return _strength(utterance, 659.26, 0.05, 0.4) > 0.5 and _strength(utterance, 523.25, 0.6, 1.2) > 0.5


def _likeness(one: Clip, other: Clip) -> float:
    """How alike two sentences rise and fall, from -1 to 1; shifted by a frame at most."""
    a, b = _loudness(one), _loudness(other)

    def correlation(xs: Sequence[float], ys: Sequence[float]) -> float:
        size = max(len(xs), len(ys))
        xs, ys = [*xs, *[0.0] * (size - len(xs))], [*ys, *[0.0] * (size - len(ys))]
        mx, my = sum(xs) / size, sum(ys) / size
        covariance = math.fsum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
        return covariance / math.sqrt(math.fsum((x - mx) ** 2 for x in xs) * math.fsum((y - my) ** 2 for y in ys))

    return max(correlation(a, b), correlation(a[1:], b), correlation(a, b[1:]))


async def _sentences(calls: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Clip]:
    """What each call sounds like."""
    chinese = shipped()["zh"]
    async with Speaker(engines(shipped()), Manner()) as speaker:
        found = {}
        for number, counter in calls:
            text = chinese.read(chinese.sentence(Called(number=number, counter=counter)), number)
            clip = await speaker.clip(text, "zh")
            assert clip is not None
            found[number, counter] = clip
    return found


@pytest.mark.server
async def test_a_hall_hears_every_call_twice_in_order_and_nothing_over_another(site: Site, tmp_path: Path) -> None:
    """Two clerks call in the same second, a third citizen comes before he is called aloud, and one is called again."""
    counters = {n: replace(TOWN.counters[1], number=n, queues=("comprehensive",)) for n in (1, 2, 12)}
    await site.hall(counters=counters, voice=Voice(repeat=2), rules=Rules(call_expires_s=600))
    kiosk, clerks = await site.device("kiosk"), {number: await site.clerk(number) for number in counters}
    (tape := tmp_path / "tape").mkdir()
    for _ in counters:
        await site.ticket(kiosk)
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "display", "announce", "--server", site.url, "--hall", "town", "--state", "none"),
        *("--sink", f"{sys.executable} -S {loudspeaker.__file__} {tape} {SPEED}"),
        env=os.environ | {"JIAOHAO_TOKEN": await site.device("announcer")},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    await asyncio.gather(*(site.post(f"/halls/town/counters/{number}/next", {}, clerks[number]) for number in (1, 2)))
    await site.post("/halls/town/counters/12/next", {}, clerks[12])
    await site.post("/halls/town/counters/12/start", {}, clerks[12])
    await site.post("/halls/town/counters/1/recall", {}, clerks[1])
    calls = site.server.source.topics_of("town").state("calls")["calls"].values()
    first, second, started, recalled = ((call["number"], call["counter"]) for call in calls)
    assert started == ("A003", 12) and recalled in (first, second)

    assert program.stderr is not None
    async with asyncio.timeout(60):
        while not re.search(rb"read nth=2 .*recall=1", line := await program.stderr.readline()):
            assert line, "it ended"
    program.terminate()
    await program.wait()

    sentences = await _sentences([first, second, started, ("A007", 1), ("A001", 7), ("A002", 12), ("A004", 2)])
    utterances, silences = _utterances(_tape(tape))
    heard = []
    for utterance in utterances:
        has_chime = _has_chime(utterance)
        said = Clip(utterance.rate, utterance.samples[round(CHIME_S * utterance.rate) if has_chime else 0 :])
        heard.append((max(sentences, key=lambda call: _likeness(said, sentences[call])), has_chime))
    assert heard == [(call, nth == 0) for call in (first, second, recalled) for nth in range(2)]
    assert min(silences) >= 0.6
