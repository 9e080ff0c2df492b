"""The languages that calls are spoken in: a file each, named by its code, the project's own and others."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

import msgspec

from queue_server.domain.sentence import TemplateKind, faults_of_template
from queue_server.voice.language import Language, Phrasebook

__all__ = ["BadPhrases", "check_sentences", "load", "shipped"]


class BadPhrases(Exception):
    """A language file that cannot be used; the text says which, and why."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file, reason)
        self.file = file
        self.reason = reason

    def __str__(self) -> str:
        return f"language file {self.file}: {self.reason}"


@cache
def shipped() -> Phrasebook:
    """The project's own languages."""
    return load()


def load(*folders: Traversable) -> Phrasebook:
    """The project's own languages and those in `folders`; of two files of one name, the later folder's is taken.

    Raises BadPhrases; OSError for a folder that cannot be read.
    """
    found: dict[str, Language] = {}
    for folder in (files("queue_server") / "data" / "phrases", *folders):
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith(".toml"):
                found[file.name.removesuffix(".toml")] = _language(file)
    return MappingProxyType(found)


def check_sentences(file: str, place: str, sentences: Mapping[TemplateKind, str]) -> None:
    """Raise BadPhrases for a template that cannot be filled. file, place: where they stand, for whoever wrote them."""
    for kind, template in sentences.items():
        for fault in faults_of_template(f"{place}.{kind}", template):
            raise BadPhrases(file, str(fault))


def _language(file: Traversable) -> Language:
    if not re.fullmatch(r"[a-z]{2,8}\.toml", file.name):
        raise BadPhrases(file.name, "its name must be the language's code, such as bo.toml")
    try:
        language = msgspec.toml.decode(file.read_bytes(), type=Language, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPhrases(file.name, str(error)) from error
    if "call" not in language.sentences:
        raise BadPhrases(file.name, "sentences.call is missing")
    check_sentences(file.name, "sentences", language.sentences)
    for place, words in (("numbers", language.numbers.digits), ("reading", language.reading.digits or "0123456789")):
        if len(words) != 10:
            raise BadPhrases(file.name, f"{place}.digits must be ten, from zero to nine")
    return language
