"""Sound keeps its length, its loudness and its order on the way from engines to files."""

import wave
from array import array
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.voice.audio import BadSound, Clip, join, read_wav, resampled, silence, trimmed, write_wav
from tests.voice.fakes import tone

SAMPLES = st.lists(st.integers(-32768, 32767), max_size=200).map(lambda values: array("h", values))


def _wav(frames: bytes, *, channels: int = 1, width: int = 2, rate: int = 22050) -> bytes:
    data = BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(frames)
    return data.getvalue()


@given(SAMPLES, st.sampled_from([8000, 22050, 44100]))
def test_what_is_written_is_read_again(samples: "array[int]", rate: int) -> None:
    """Sample for sample."""
    assert read_wav(write_wav(Clip(rate, samples))) == Clip(rate, samples)


def test_two_channels_become_one() -> None:
    """Their mean: the hall has one loudspeaker."""
    assert read_wav(_wav(array("h", [100, 300, -5, -7]).tobytes(), channels=2)).samples == array("h", [200, -6])


@pytest.mark.parametrize("data", [b"", b"RIFF", b"FORM....AIFF", _wav(b"\0\0", width=1), _wav(bytes(12), channels=3)])
def test_what_cannot_be_played_is_refused(data: bytes) -> None:
    """An empty file, another format, other widths and channels."""
    with pytest.raises(BadSound):
        read_wav(data)


def test_duration_and_peak() -> None:
    """In seconds, and as a share of full scale."""
    clip = tone(0.5, level=0.25)
    assert clip.duration_s == 0.5
    assert clip.peak == pytest.approx(0.25, abs=0.001)
    assert Clip(8000, array("h")).peak == 0


def test_the_silence_at_both_ends_is_cut_and_the_cut_is_soft() -> None:
    """What is left begins and ends at nothing, a little before and after the sound."""
    clip = trimmed(join([silence(22050, 1), tone(0.5), silence(22050, 2)]))
    assert clip.duration_s == pytest.approx(0.53, abs=0.005)
    assert clip.samples[0] == clip.samples[-1] == 0
    assert clip.peak == tone(0.5).peak
    assert trimmed(silence(22050, 1)).samples == array("h")


@pytest.mark.parametrize("rate", [11025, 22050, 44100])
def test_another_rate_is_the_same_sound(rate: int) -> None:
    """As long and as loud as before."""
    clip = resampled(tone(0.5), rate)
    assert clip.rate == rate
    assert clip.duration_s == pytest.approx(0.5, abs=0.001)
    assert clip.peak == pytest.approx(0.5, abs=0.02)


def test_clips_are_joined_in_order_at_the_rate_of_the_first() -> None:
    """Nothing is lost between them."""
    clip = join([silence(22050, 0.25), tone(0.5, rate=16000), silence(22050, 0.25)])
    assert clip.rate == 22050
    assert clip.duration_s == pytest.approx(1.0, abs=0.001)
    assert not any(clip.samples[:5512])
    assert trimmed(clip).duration_s == pytest.approx(0.53, abs=0.005)
