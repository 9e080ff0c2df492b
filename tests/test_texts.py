"""What no text of the project may contain: words that a citizen must not read, and places that exist on one machine."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = ("queue_server", "display", "counter_client")

# 禁止用语: what no screen and no voice may say, by the fragments that give it away.
DISCOURTEOUS = ("明天再来", "自己看", "正忙着", "你去问", "说过几遍", "怎么还不明白")
_SOMEBODYS_FOLDER = re.compile(r"""(?:^|[\s"'`(=:])(?:[A-Z]:\\Users\\|/(?:home|root|Users|workspace|builds)/)\w""")
_TEXTS = {".py", ".html", ".js", ".css", ".md", ".toml", ".po", ".csv", ".json", ".txt", ".lock", ".yaml", ".yml", ""}


def _own_files(*tops: str) -> Iterator[Path]:
    """The project's own text files under these folders, without what is vendored or made by tools."""
    for top in tops:
        for path in sorted((ROOT / top).rglob("*")):
            parts = path.relative_to(ROOT).parts
            if path.is_file() and path.suffix in _TEXTS and not {"__pycache__", "vendor"} & set(parts):
                yield path


def test_no_screen_and_no_voice_is_discourteous() -> None:
    """None of the forbidden phrases is in a template, a script or a message."""
    rude = [
        f"{path.relative_to(ROOT)}: {words}"
        for path in _own_files(*CODE, "static")
        for words in DISCOURTEOUS
        if words in path.read_text(encoding="utf-8")
    ]
    assert not rude


def test_no_file_names_the_machine_it_was_written_on() -> None:
    """A path of somebody's own folder works on that machine alone."""
    tops = (*CODE, "static", "tests", "benchmarks", "docs", "scripts", ".ci")
    files = [*_own_files(*tops), *(path for path in ROOT.glob("*") if path.is_file() and path.suffix in _TEXTS)]
    here = (str(ROOT), str(Path.home()))
    found = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        if _SOMEBODYS_FOLDER.search(text) or any(
            re.search(rf"{re.escape(place)}\b", text) for place in here if len(place) > 5
        ):
            found.append(str(path.relative_to(ROOT)))
    assert not found
