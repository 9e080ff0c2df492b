"""One reading of a call: its sentences, and their sound."""

import pytest

from queue_server.voice.audio import Clip, scaled
from queue_server.voice.chime import chime
from queue_server.voice.language import Language
from queue_server.voice.phrasebook import shipped
from queue_server.voice.reading import RATE, SENTENCE_AT_S, Sentence, gain, reading, sentences, sound_check
from tests.voice.fakes import tone

SPEECH = {"zh": "请A零零一号，到三号窗口办理", "en": "Ticket A 0 0 1, please go to counter 3."}


def test_a_reading_has_the_hall_s_languages_in_its_order() -> None:
    """A language that no voice here knows is left out; the server's sentence is used, or ours without one."""
    assert sentences(shipped(), "A001", 3, SPEECH, ["en", "tlh", "zh"]) == [
        Sentence("en", "Ticket A, zero zero one, please go to counter 3."),
        Sentence("zh", "请，诶零零一号，到三号窗口办理"),
    ]
    assert sentences(shipped(), "A001", 3, {}, ["zh"], yao=True) == [Sentence("zh", "请，诶零零幺号，到三号窗口办理")]


def test_a_test_is_said_in_the_hall_s_languages() -> None:
    """A language whose file has no sentence for it says a call."""
    phrasebook = {**shipped(), "yue": Language(name="粤语", sentences={"call": "{number}去{counter}"})}
    assert sound_check(phrasebook, ["en", "tlh", "yue", "zh"]) == [
        Sentence("en", "This is a test. Please check that the voice is clear and loud enough."),
        Sentence("yue", "A001去1"),
        Sentence("zh", "语音测试，请确认声音清楚，音量合适"),
    ]


def test_the_chime_opens_a_reading_and_the_sentences_follow_apart() -> None:
    """Where they begin is told, so that a repeat can begin there."""
    first, second = tone(1.0), tone(0.5)
    made = reading([first, second], with_chime=True)
    assert made.rate == RATE
    assert made.duration_s == pytest.approx(0.1 + 1.4 + 0.2 + 1.0 + 0.3 + 0.5 + 0.6, abs=0.001)
    begins = round(SENTENCE_AT_S * RATE)
    assert made.samples[begins : begins + 500] == first.samples[:500]
    wake = round(0.1 * RATE)
    assert made.samples[wake : wake + 5000] == chime(RATE, 0.85).samples[:5000]
    assert reading([first], with_chime=False).duration_s == pytest.approx(0.1 + 1.0 + 0.6, abs=0.001)
    assert reading([], with_chime=True).duration_s == pytest.approx(0.1 + 1.4 + 0.2 + 0.6, abs=0.001)


@pytest.mark.parametrize(("percent", "peak"), [(85, 0.5), (100, 0.588), (17, 0.1), (0, 0.0)])
def test_the_volume_is_applied_to_the_samples(percent: int, peak: float) -> None:
    """Sound is made at 85 percent; 0 is silence."""
    assert scaled(tone(0.1), gain(percent)).peak == pytest.approx(peak, abs=0.001)


def test_what_would_pass_full_scale_is_held_there() -> None:
    """It is never turned over into the opposite."""
    loud = scaled(tone(0.1, level=0.95), gain(100))
    assert (max(loud.samples), min(loud.samples)) == (32767, -32768)
    same = Clip(RATE, tone(0.01).samples)
    assert scaled(same, 1) is same
