"""The design tokens hold what LOOK asks of colours: legible in both themes, apart for every kind of colour vision."""

import itertools
import math
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
QUEUE_KINDS = ("comprehensive", "express", "complaint", "certificate", "agency", "dedicated")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(r"(--[\w-]+|color-scheme):\s*([^;]+);")


def _block(selector: str) -> dict[str, str]:
    """The declarations of the one rule with this selector, name → value."""
    found = re.findall(rf"{re.escape(selector)}\s*\{{([^}}]*)\}}", _COMMENT.sub("", TOKENS))
    assert len(found) == 1, f"{selector} should have one rule, has {len(found)}"
    return {name: " ".join(value.split()) for name, value in _DECLARATION.findall(found[0])}


LIGHT = _block(":root")
DARK = LIGHT | _block(':root[data-theme="dark"]')
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])

Rgb = tuple[float, float, float]  # linear light, 0 to 1


def _linear(colour: str) -> Rgb:
    assert re.fullmatch(r"#[0-9a-f]{6}", colour), f"{colour} is not #rrggbb"
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))

    def light(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return light(red), light(green), light(blue)


def _contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours, 1 to 21."""
    dark, light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (_linear(one), _linear(other)))
    return (light + 0.05) / (dark + 0.05)


# How the colour-blind see a colour (Machado, Oliveira and Fernandes 2009, full severity), in linear light.
_VISION: dict[str, tuple[Rgb, Rgb, Rgb]] = {
    "trichromat": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanope": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranope": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanope": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def _lab(colour: str, vision: str) -> Rgb:
    """CIE L*a*b* (D65) of a colour as somebody with this vision sees it."""
    seen = _linear(colour)
    r, g, b = (min(1.0, max(0.0, sum(m * c for m, c in zip(row, seen, strict=True)))) for row in _VISION[vision])
    white = (0.95047, 1.0, 1.08883)
    xyz = (
        0.4124 * r + 0.3576 * g + 0.1805 * b,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        0.0193 * r + 0.1192 * g + 0.9505 * b,
    )

    def f(t: float) -> float:
        return math.cbrt(t) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29

    fx, fy, fz = (f(value / reference) for value, reference in zip(xyz, white, strict=True))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@THEMES
def test_text_is_legible_on_what_it_stands_on(theme: dict[str, str]) -> None:
    """Every text colour has a contrast of at least 4.5 on every ground that it may stand on."""
    pairs = [(name, "--" + name.removeprefix("--on-")) for name in theme if name.startswith("--on-")]
    pairs += itertools.product(("--ink", "--ink-soft", "--accent"), ("--ground", "--surface", "--sunken"))
    pairs += [("--good", "--surface"), ("--bad", "--surface"), ("--on-accent", "--accent-strong")]
    poor = {pair: round(c, 2) for pair in pairs if (c := _contrast(theme[pair[0]], theme[pair[1]])) < 4.5}
    assert not poor


@THEMES
def test_edges_of_controls_and_the_focus_ring_are_visible(theme: dict[str, str]) -> None:
    """What shows where a control is, and which has the focus, has a contrast of at least 3 on every ground."""
    pairs = itertools.product(("--line-strong", "--focus"), ("--ground", "--surface", "--sunken"))
    poor = {pair: round(c, 2) for pair in pairs if (c := _contrast(theme[pair[0]], theme[pair[1]])) < 3}
    assert not poor


@pytest.mark.parametrize("vision", _VISION)
def test_queue_colours_stay_apart(vision: str) -> None:
    """Any two queues differ clearly (CIE76 ≥ 15) for every kind of colour vision."""
    seen = {kind: _lab(LIGHT[f"--queue-{kind}"], vision) for kind in QUEUE_KINDS}
    distances = {(a, b): round(math.dist(seen[a], seen[b]), 1) for a, b in itertools.combinations(QUEUE_KINDS, 2)}
    assert {pair: distance for pair, distance in distances.items() if distance < 15} == {}


def test_every_queue_kind_has_colour_icon_and_letter_colour() -> None:
    """Colour is never alone: each of the six kinds has its ground, its letter's colour and its icon's file."""
    base = (STATIC / "base.css").read_text(encoding="utf-8")
    for kind in QUEUE_KINDS:
        assert f"--queue-{kind}" in LIGHT
        assert f"--on-queue-{kind}" in LIGHT
        assert f'url("icons/queue-{kind}.svg")' in base
        assert (STATIC / "icons" / f"queue-{kind}.svg").is_file()


def test_the_automatic_dark_theme_is_the_dark_theme() -> None:
    """The dark values stand twice in the file, and are the same."""
    assert _block(':root[data-theme="auto"]') == _block(':root[data-theme="dark"]')


def test_walls_are_legible_from_afar() -> None:
    """On 1080 lines: the call ≥ 180 px, the counter ≥ 140, a row ≥ 72, a notice ≥ 48."""
    floors = {"--wall-call": 180, "--wall-counter": 140, "--wall-row": 72, "--wall-notice": 48}
    assert LIGHT["--wall-unit"] == "1vmin"
    for name, floor in floors.items():
        units = re.fullmatch(r"calc\(([\d.]+) \* var\(--wall-unit\)\)", LIGHT[name])
        assert units
        assert float(units[1]) * 1080 / 100 >= floor


def test_styles_use_tokens_that_exist_and_no_raw_colours() -> None:
    """Every page's style draws its colours from the tokens, and names none that are not there."""
    for path in sorted(STATIC.glob("*.css")):
        if path.name == "tokens.css":
            continue
        style = _COMMENT.sub("", path.read_text(encoding="utf-8"))
        known = set(LIGHT) | set(re.findall(r"(--[\w-]+)\s*:", style)) | {"--queue", "--on-queue", "--queue-icon"}
        assert set(re.findall(r"var\((--[\w-]+)", style)) <= known, path.name
        paper = re.sub(r"@media print\s*\{.*", "", style, flags=re.DOTALL)  # paper has no theme
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", paper) == [], path.name
