"""A language is a file: the project's own, and what somebody puts beside them."""

import re
import shutil
import tomllib
from pathlib import Path

import msgspec
import pytest

from queue_server.domain.voice import Voice, faults_of_voice
from queue_server.voice.language import Called
from queue_server.voice.length import fault_in
from queue_server.voice.phrasebook import BadPhrases, load, shipped
from queue_server.voice.speaking import Manner, Speaker
from queue_server.voice.synthesis import EspeakCommand, Pyttsx3

YUE = Path(__file__).parent / "yue.toml"
CALL = "请{number}号到{counter}号窗口"


def test_the_project_brings_two() -> None:
    """Each knows how a call and a priority are said, and which voice says them."""
    assert {code: language.name for code, language in shipped().items()} == {"en": "English", "zh": "普通话"}
    for language in shipped().values():
        assert {"call", "priority"} <= language.sentences.keys()
        assert language.voices.espeak and language.voices.pace


async def test_a_third_language_is_a_file_more(tmp_path: Path) -> None:
    """Cantonese, from sentence to sound, by the engines' own voice for it."""
    shutil.copy(YUE, tmp_path)
    phrasebook = load(tmp_path)
    assert [*phrasebook] == ["en", "zh", "yue"]
    yue = phrasebook["yue"]
    sentence = yue.sentence(Called(number="A003", counter=12))
    assert sentence == "请A零零三号，去十二号窗口办理"
    text = yue.read(sentence, "A003")
    assert text == "请诶零零三号，去十二号窗口办理"
    assert yue.voices.pace is not None
    for engine in (Pyttsx3(phrasebook=phrasebook), EspeakCommand(phrasebook=phrasebook)):
        async with Speaker([engine], Manner(), phrasebook) as voice:
            clip = await voice.clip(text, "yue")
            assert voice.used["yue"].voice == "sit/yue+f3"
        assert clip is not None
        assert fault_in(clip, text, yue.voices.pace, 135, is_measured=True) is None


def test_of_two_files_the_later_folder_s_is_taken(tmp_path: Path) -> None:
    """So a province's words replace the project's without touching them."""
    (tmp_path / "zh.toml").write_text(f'name = "普通话"\nsentences.call = "{CALL}"\n', encoding="utf-8")
    (tmp_path / "README").write_text("no language", encoding="utf-8")
    assert load(tmp_path)["zh"].sentences == {"call": CALL}


def test_the_documentation_s_examples_can_be_used(tmp_path: Path) -> None:
    """The third language is the one that is tried above; the hall's own sentences are sound."""
    text = (Path(__file__).parents[2] / "docs" / "voice.md").read_text("utf-8")
    own, language, *_ = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "yue.toml").write_text(language, "utf-8")
    shown = load(tmp_path)["yue"]
    (tmp_path / "yue.toml").write_bytes(YUE.read_bytes())
    assert shown == load(tmp_path)["yue"]
    voice = msgspec.convert(tomllib.loads(own)["voice"], Voice)
    assert list(faults_of_voice(voice)) == []
    assert voice.templates["zh"].keys() == {"call", "recall", "priority"}


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("bo.toml", "name = ", "bo.toml: "),
        ("bo.toml", f'name = "བོད"\nsentences.call = "{CALL}"\nvoice = 1', "unknown field `voice`"),
        ("bo.toml", 'name = "བོད"\n[sentences]', "sentences.call is missing"),
        ("bo.toml", f'name = "བོད"\nsentences.shout = "{CALL}"', "shout"),
        ("bo.toml", 'name = "བོད"\nsentences.call = "{number} {window}"', "sentences.call: there is no {window}"),
        ("bo.toml", 'name = "བོད"\nsentences.call = "{number}"', "sentences.call: must have {number} and {counter}"),
        ("bo.toml", f'name = "བོད"\nsentences.call = "{CALL}"\nnumbers.digits = ["༠"]', "numbers.digits must be ten"),
        ("bo.toml", f'name = "བོད"\nsentences.call = "{CALL}"\nreading.digits = ["༠"]', "reading.digits must be ten"),
        ("zh-CN.toml", "", "its name must be the language's code"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_at_load(tmp_path: Path, file: str, text: str, reason: str) -> None:
    """By its name and the reason, before anybody is called wrongly."""
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(BadPhrases) as refused:
        load(tmp_path)
    assert file in str(refused.value)
    assert reason in str(refused.value)


def test_a_file_in_another_encoding_is_refused_too(tmp_path: Path) -> None:
    """As an editor on Windows may save it."""
    (tmp_path / "bo.toml").write_bytes('name = "中文"'.encode("gb18030"))
    with pytest.raises(BadPhrases, match=r"bo\.toml"):
        load(tmp_path)
