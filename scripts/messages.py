"""Brings the catalogues in `queue_server/locale` up to date with the texts in the code: what is new comes in empty,
what nobody uses any more goes. `python -m scripts.messages`; with a code, such as `bo`, it begins that language.
"""

import sys
from io import BytesIO
from itertools import chain
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from queue_server.reasons import versions
from queue_server.web.languages import LOCALE

PACKAGE = LOCALE.parent
HEADER = """\
# The pages' texts; the source is Chinese. `python -m scripts.messages` brings it up to date.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


def extracted() -> Catalog:
    """Every text that people read on a page, on paper or in a file: what `_()` marks, and the reasons of ratings."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted((PACKAGE / "templates").rglob("*.*")):
        where = path.relative_to(PACKAGE).as_posix()
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ("_", "gettext"), (), OPTIONS):
                text = message[0] if isinstance(message, tuple) else message  # a tuple where values come with it
                if text is not None:
                    catalogue.add(text, locations=[(where, 0)])
    for path in sorted([*(PACKAGE / "printing").glob("*.py"), *(PACKAGE / "web").glob("*.py")]):
        with path.open("rb") as file:
            for _, _, said, _ in extract_python(file, {"_": None}, (), {"encoding": "utf-8"}):
                if isinstance(said, str) and said:  # else the text comes from elsewhere, where it is marked
                    catalogue.add(said, locations=[(path.relative_to(PACKAGE).as_posix(), 0)])
    for version, reasons in versions().items():
        for text in chain.from_iterable(level.values() for level in reasons.levels.values()):
            catalogue.add(text, locations=[(f"data/reasons/{version}.toml", 0)])
    return catalogue


def read(path: Path) -> Catalog:
    """One language's catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def updated(catalogue: Catalog) -> Catalog:
    """One language's catalogue with the texts that are in the code now."""
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    return catalogue


def write(path: Path, catalogue: Catalog) -> None:
    """Write it so that only what changed differs: without line numbers, dates and names."""
    text = BytesIO()
    write_po(text, catalogue, width=0, omit_header=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(HEADER.format(code=path.parts[-3]).encode() + text.getvalue())


def main(codes: list[str]) -> None:
    """Update every catalogue, after beginning those of new languages."""
    paths = {LOCALE / code / "LC_MESSAGES" / "jiaohao.po" for code in codes}
    for path in sorted(paths | set(LOCALE.glob("*/LC_MESSAGES/jiaohao.po"))):
        catalogue = updated(read(path) if path.exists() else Catalog(locale=path.parts[-3]))
        write(path, catalogue)
        empty = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{path.relative_to(PACKAGE.parent)}: {len(catalogue)} texts, {empty} not translated")


if __name__ == "__main__":
    main(sys.argv[1:])
