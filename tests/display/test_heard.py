"""What a hall hears: the announcer's sound is recorded at the loudspeaker, cut into utterances, and listened to.

Its voice is a voice pack in which every digit, letter and phrase is a tone of its own pitch, so that a test can hear
exactly what was said.
"""

import asyncio
import math
import os
import re
import sys
from array import array
from itertools import count, pairwise
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from queue_server.domain.hall import Rules
from queue_server.domain.voice import Voice
from queue_server.voice.audio import Clip, join, read_wav, write_wav
from queue_server.voice.language import Called
from queue_server.voice.pack import MANIFEST, Manifest
from queue_server.voice.phrasebook import shipped
from queue_server.voice.recording import Place, wanted
from tests.display import loudspeaker
from tests.web.pages.conftest import TOWN, Site

SPEED = 50
RATE = 22050
LOUD = 400  # of 32768
APART_S = 0.5  # the silence between two readings is longer, those within one are shorter
COUNTERS = (1, 2, 12)


def _tone(pitch: int) -> Clip:
    return Clip(RATE, array("h", (round(9000 * math.sin(2 * math.pi * pitch * n / RATE)) for n in range(RATE // 4))))


def _pack(folder: Path) -> dict[int, str]:
    """Make the pack; what each pitch, Hz, says."""
    folder.mkdir()
    texts = wanted(shipped()["zh"], [Place(counter) for counter in COUNTERS], ["A"])
    pitches = dict(zip([*texts.signs, *texts.phrases], count(800, 40), strict=False))
    for pitch in pitches.values():
        (folder / f"{pitch}.wav").write_bytes(write_wav(_tone(pitch)))
    signs, phrases = ({text: f"{pitches[text]}.wav" for text in each} for each in texts)
    manifest = Manifest(name="tones", language="zh", licence="", signs=signs, phrases=phrases)
    (folder / MANIFEST).write_bytes(msgspec.toml.encode(manifest))
    return {pitch: text for text, pitch in pitches.items()}


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


def _cut(clip: Clip, apart_s: float) -> tuple[list[Clip], list[float]]:
    """The clip cut where it is silent for so long: its parts, and the silences between them, seconds."""
    loud = [at for at, sample in enumerate(clip.samples) if abs(sample) > LOUD]
    holes = [(a, b) for a, b in pairwise(loud) if b - a > apart_s * clip.rate]
    begins, ends = [loud[0], *(b for _, b in holes)], [*(a for a, _ in holes), loud[-1]]
    parts = [Clip(clip.rate, clip.samples[begin : end + 1]) for begin, end in zip(begins, ends, strict=True)]
    return parts, [(b - a) / clip.rate for a, b in holes]


def _strength(clip: Clip, pitch: float, begin_s: float, end_s: float) -> float:
    """The share of a stretch's power that is at one pitch, Hz (Goertzel)."""
    samples = clip.samples[round(begin_s * clip.rate) : round(end_s * clip.rate)]
    turn = 2 * math.cos(2 * math.pi * pitch / clip.rate)
    last = before = 0.0
    for sample in samples:
        last, before = sample + turn * last - before, last
    power = last * last + before * before - turn * last * before
    return 2 * power / len(samples) / max(1.0, math.fsum(sample * sample for sample in samples))


def _is_chime(part: Clip) -> bool:
    """Ding, then dong."""
    return part.duration_s > 1 and _strength(part, 659.26, 0.05, 0.4) > 0.5 and _strength(part, 523.25, 0.6, 1.2) > 0.5


def _pitch(part: Clip) -> float:
    """Of a tone, Hz: by how often it crosses zero."""
    crossings = [at for at, (a, b) in enumerate(pairwise(part.samples)) if a < 0 <= b]
    return (len(crossings) - 1) * part.rate / (crossings[-1] - crossings[0])


def _heard(utterance: Clip, says: dict[int, str]) -> str:
    """What an utterance says, the chime as ♪."""
    parts, _ = _cut(utterance, 0.03)
    return "".join("♪" if _is_chime(part) else says[40 * round(_pitch(part) / 40)] for part in parts)


@pytest.mark.server
async def test_a_hall_hears_every_call_twice_in_order_and_nothing_over_another(site: Site, tmp_path: Path) -> None:
    """Two clerks call in the same second, a third citizen comes before she is called aloud, and one is called again."""
    counters = {n: replace(TOWN.counters[1], number=n, queues=("comprehensive",)) for n in COUNTERS}
    await site.hall(counters=counters, voice=Voice(repeat=2), rules=Rules(call_expires_s=600))
    kiosk, clerks = await site.device("kiosk"), {number: await site.clerk(number) for number in counters}
    (tape := tmp_path / "tape").mkdir()
    says = _pack(tmp_path / "pack")
    for _ in counters:
        await site.ticket(kiosk)
    await asyncio.gather(*(site.post(f"/halls/town/counters/{number}/next", {}, clerks[number]) for number in (1, 2)))
    await site.post("/halls/town/counters/12/next", {}, clerks[12])
    await site.post("/halls/town/counters/12/start", {}, clerks[12])
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "display", "announce", "--server", site.url, "--hall", "town", "--state", "none"),
        *("--pack", str(tmp_path / "pack"), "--sink", f"{sys.executable} -S {loudspeaker.__file__} {tape} {SPEED}"),
        env=os.environ | {"JIAOHAO_TOKEN": await site.device("announcer")},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    await site.post("/halls/town/counters/1/recall", {}, clerks[1])
    frames = site.server.source.topics_of("town").state("calls")["calls"].values()
    first, second, started, recalled = ((call["number"], call["counter"]) for call in frames)
    assert started == ("A003", 12) and recalled in (first, second)

    try:
        assert program.stderr is not None
        async with asyncio.timeout(60):
            while not re.search(rb"read nth=2 .*recall=1", line := await program.stderr.readline()):
                assert line, "it ended"
    finally:
        program.terminate()
        await program.wait()

    chinese = shipped()["zh"]
    utterances, silences = _cut(_tape(tape), APART_S)
    calls = (Called(number=number, counter=counter) for number, counter in (first, second, recalled))
    said = [chinese.read(chinese.sentence(call), call.number).replace("，", "") for call in calls]
    assert [_heard(utterance, says) for utterance in utterances] == [
        chime + sentence for sentence in said for chime in ("♪", "")
    ]
    assert min(silences) >= 0.65
