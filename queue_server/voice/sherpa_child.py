"""The process in which sherpa-onnx runs: `python -m queue_server.voice.sherpa_child LANGUAGE SPEAKER MODEL_FOLDER`.

A model's folder is as its makers pack it: Piper and other VITS models, Matcha with its vocoder beside it, Kokoro.
"""

import sys
from array import array
from pathlib import Path
from typing import Any

from queue_server.voice.audio import Clip, write_wav
from queue_server.voice.child import Hello, Offer, Request, answer_requests

USUAL_RATE = 135  # words a minute at which a model speaks at its own speed
VOCODERS = ("vocos*.onnx", "hifigan*.onnx")


class _Engine:
    """One model, one speaker of it."""

    def __init__(self, language: str, speaker: int, folder: Path) -> None:
        import sherpa_onnx

        self._version = sherpa_onnx.__version__
        self._language, self._speaker, self._name = language, speaker, folder.name
        config = sherpa_onnx.OfflineTtsConfig(
            model=_model(sherpa_onnx, folder), rule_fsts=_paths(folder, "*.fst"), rule_fars=_paths(folder, "*.far")
        )
        if not config.validate():
            raise RuntimeError(f"{folder} holds no model that it knows")
        self._engine = sherpa_onnx.OfflineTts(config)
        if not 0 <= speaker < max(1, self._engine.num_speakers):
            raise RuntimeError(f"there is no speaker {speaker}, the last is {self._engine.num_speakers - 1}")

    def hello(self) -> Hello:
        voice = f"{self._name}#{self._speaker}"
        offer = Offer(id=voice, name=voice, languages=[self._language])
        return Hello(driver="sherpa", version=self._version, voices=[offer])

    def save(self, request: Request) -> None:
        audio = self._engine.generate(request["text"], sid=self._speaker, speed=request["rate"] / USUAL_RATE)
        scale = 32767 * request["volume"]
        samples = array("h", (round(max(-1.0, min(1.0, sample)) * scale) for sample in audio.samples))
        part = Path(request["path"]).with_suffix(".part.wav")
        part.write_bytes(write_wav(Clip(audio.sample_rate, samples)))
        part.replace(request["path"])


def _model(sherpa_onnx: Any, folder: Path) -> Any:
    tokens, lexicon = str(folder / "tokens.txt"), _paths(folder, "lexicon*.txt")
    common = {"tokens": tokens, "lexicon": lexicon, "data_dir": _folder(folder, "espeak-ng-data")}
    models = sorted(folder.glob("*.onnx"))
    if (voices := folder / "voices.bin").is_file():
        kokoro = sherpa_onnx.OfflineTtsKokoroModelConfig(model=_one(folder, models), voices=str(voices), **common)
        return sherpa_onnx.OfflineTtsModelConfig(kokoro=kokoro)
    if vocoders := [path for pattern in VOCODERS for path in sorted(folder.glob(pattern))]:
        acoustic = [path for path in models if path not in vocoders]
        matcha = sherpa_onnx.OfflineTtsMatchaModelConfig(
            acoustic_model=_one(folder, acoustic), vocoder=str(vocoders[0]), **common
        )
        return sherpa_onnx.OfflineTtsModelConfig(matcha=matcha)
    return sherpa_onnx.OfflineTtsModelConfig(
        vits=sherpa_onnx.OfflineTtsVitsModelConfig(model=_one(folder, models), **common)
    )


def _one(folder: Path, models: list[Path]) -> str:
    """The model: the only one, or of an original and its 8-bit copy the original."""
    whole = [path for path in models if ".int8." not in path.name] or models
    if len(whole) != 1:
        raise RuntimeError(f"{folder} must hold one model, a file .onnx, and holds {len(whole)}")
    return str(whole[0])


def _paths(folder: Path, pattern: str) -> str:
    return ",".join(map(str, sorted(folder.glob(pattern))))


def _folder(folder: Path, name: str) -> str:
    return str(folder / name) if (folder / name).is_dir() else ""


if __name__ == "__main__":
    answer_requests(lambda: _Engine(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
