"""The pages' languages: Chinese, in which they are written, and every one that has a catalogue in `locale/`."""

import re
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

__all__ = ["COOKIE", "LOCALE", "SOURCE", "Language", "accepted", "language_of", "languages"]

LOCALE = Path(__file__).parents[1] / "locale"
"""`{code}/LC_MESSAGES/jiaohao.po`, the texts of one language."""

SOURCE = "zh"
"""The language of the texts in the code, which needs no catalogue."""

WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")

COOKIE = "jiaohao.lang"
"""Keeps what somebody chose on their own device."""


class Language(NamedTuple):
    """code: "en", as in `?lang=en`; tag: for the attribute `lang`; name: as its speakers write it."""

    code: str
    tag: str
    name: str
    translations: NullTranslations


@cache
def languages() -> dict[str, Language]:
    """All languages by code, the source first. Catalogues are read here, once: there is no build step."""
    found = {SOURCE: Language(SOURCE, "zh-CN", "中文", NullTranslations())}
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/jiaohao.po")):
        code = path.parts[-3]
        with path.open("rb") as file:
            catalogue = read_po(file, locale=code)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        name = Locale.parse(code).get_display_name() or code
        found[code] = Language(code, code.replace("_", "-"), name, GNUTranslations(compiled))
    return found


def language_of(request: Request, *, public_device: bool = False) -> Language:
    """In which language somebody reads: `?lang=`, what they chose before, what their browser asks for; else Chinese.

    public_device: many people use this page one after another, so that only its address counts.
    """
    every = languages()
    asked = [request.query_params.get("lang", "")]
    if not public_device:
        asked.append(request.cookies.get(COOKIE, ""))
        asked += accepted(request.headers.get("accept-language", ""))
    return next((every[code] for code in asked if code in every), every[SOURCE])


def accepted(header: str) -> list[str]:
    """The languages of an Accept-Language, by weight, then by place; not those that weigh nothing or are none."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        tag, _, weight = part.strip().lower().partition(";")
        found = WEIGHT.fullmatch(weight.strip() or "q=1")
        code = tag.partition("-")[0]
        if found and float(found[1]) > weights.get(code, 0.0):
            weights[code] = float(found[1])
    return sorted(weights, key=weights.__getitem__, reverse=True)
