"""The best voice of each engine is chosen; ids that merely look right are not."""

import pytest

from queue_server.voice.choosing import VoiceOffer, choose_voice
from queue_server.voice.phrasebook import shipped

ESPEAK = [VoiceOffer("sit/cmn", "Mandarin", ("cmn",)), VoiceOffer("sit/cmn-latn-pinyin", "Mandarin", ("cmn",))]
ESPEAK += [VoiceOffer("gmw/en", "English", ("en-gb",)), VoiceOffer("gmw/en-us", "English", ("en-us",))]
SAPI = [VoiceOffer("T\\Zira", "Microsoft Zira Desktop - English", ("en-US",))]
SAPI += [VoiceOffer("T\\Tracy", "Microsoft Tracy Desktop - Chinese (Hong Kong)", ("zh-HK",))]
SAPI += [VoiceOffer("T\\Huihui", "Microsoft Huihui Desktop - Chinese (Simplified)", ("zh-CN",))]
UNNAMED = [VoiceOffer("T\\Huihui", "Microsoft Huihui Desktop", ("Unknown Locale: 1",))]


@pytest.mark.parametrize(
    ("driver", "offers", "language", "chosen"),
    [
        ("espeak", ESPEAK, "zh", "sit/cmn-latn-pinyin+f3"),
        ("espeak", ESPEAK, "en", "gmw/en-us+f3"),
        ("espeak", ESPEAK[:1], "zh", None),  # the plain one says 零 in English
        ("sapi5", SAPI, "zh", "T\\Huihui"),
        ("sapi5", SAPI, "en", "T\\Zira"),
        ("sapi5", SAPI[:2], "zh", None),  # Cantonese is another language
        ("sapi5", UNNAMED, "zh", "T\\Huihui"),
        ("nsss", [VoiceOffer("com.apple.Tingting", "Tingting", ("zh_CN",))], "zh", "com.apple.Tingting"),
        ("sherpa", [VoiceOffer("vits#0", "vits#0", ("en",))], "en", "vits#0"),
        ("nsss", [], "zh", None),
    ],
)
def test_a_voice_is_chosen(driver: str, offers: list[VoiceOffer], language: str, chosen: str | None) -> None:
    """By the engine's known ids, else by language, else by name."""
    assert choose_voice(driver, offers, language, shipped()[language].voices) == chosen
