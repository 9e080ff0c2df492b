"""The layers are as DESIGN draws them: imports point inward only, and what is called pure is pure."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = ("queue_server", "display", "counter_client")
ANY = frozenset({"*"})


class Layer(NamedTuple):
    """What the modules of one package (or one top-level module) may import, beside the standard library and itself."""

    inside: frozenset[str]  # of this project: full names, each with all that it contains
    libraries: frozenset[str] = ANY


def _layer(*inside: str, libraries: frozenset[str] = ANY) -> Layer:
    return Layer(frozenset(f"queue_server.{name}" for name in inside), libraries)


# The drawing. A package or module that is not in it has no place yet: give it one here.
_EVERYTHING = Layer(frozenset({"queue_server"}))
LAYERS = {
    "queue_server.domain": _layer(libraries=frozenset({"msgspec"})),
    "queue_server.wire": _layer(libraries=frozenset()),
    "queue_server.projections": _layer("domain", "voice.language", libraries=frozenset({"msgspec", "pypinyin"})),
    "queue_server.journal": _layer("domain", "new_file", "redis_nodes"),
    "queue_server.records": _layer("domain", "new_file", "redis_nodes"),
    "queue_server.peers": _layer("push", "wire", "journal.base", "records.throttle", "redis_nodes"),
    "queue_server.engine": _layer("domain", "projections", "journal.base", "journal.codec", "redis_nodes"),
    "queue_server.push": _layer("wire", "projections", "domain", "journal.base"),
    "queue_server.printing": _layer("domain", libraries=frozenset({"escpos", "PIL", "segno", "usb"})),
    "queue_server.exchange": _layer("domain"),
    "queue_server.webhooks": _layer("records", "domain", "projections"),
    "queue_server.web": _layer(
        *("exchange", "engine", "push", "projections", "records", "peers"),
        *("domain", "wire", "printing", "voice", "webhooks"),
    ),
    "queue_server.voice": _layer("wire", "domain.sentence", libraries=frozenset({"msgspec", "pyttsx3", "sherpa_onnx"})),
    "queue_server.live_client": _layer("wire", libraries=frozenset({"websockets"})),
    "queue_server.settings": _layer(),
    "queue_server.logs": _layer(),
    "queue_server.loop": _layer(),
    "queue_server.new_file": _layer(libraries=frozenset()),
    "queue_server.redis_nodes": _layer(libraries=frozenset({"hiredis", "prometheus_client", "redis", "structlog"})),
    "queue_server.catalogue": _layer("domain", "projections"),
    "queue_server.reasons": _layer("domain"),
    "queue_server.commands": _EVERYTHING,
    "queue_server.stores": _EVERYTHING,
    "queue_server.app": _EVERYTHING,
    "queue_server.process_clock": _layer(
        *("journal.base", "journal.archiver", "records", "references", "engine", "web", "wire")
    ),
    "queue_server.references": _layer("domain", "engine", "records"),
    "queue_server.__main__": _EVERYTHING,
    "display": _layer("wire", "live_client", "voice"),
    "counter_client": _layer("wire", "live_client"),
}

# Layers that compute and do nothing else, and the modules of the standard library that do no more than that.
PURE = ("queue_server.domain", "queue_server.projections", "queue_server.wire", "queue_server.voice.language")
COMPUTING = (
    {"abc", "array", "base64", "binascii", "bisect", "calendar", "collections", "contextlib", "copy"}
    | {"dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "graphlib", "hashlib"}
    | {"heapq", "hmac", "itertools", "json", "math", "operator", "re", "statistics", "string", "struct"}
    | {"textwrap", "types", "typing", "unicodedata", "urllib.parse", "zlib", "zoneinfo", "__future__"}
)
DOING = frozenset({"open", "input", "print", "exec", "eval", "compile", "breakpoint", "__import__"})


class Import(NamedTuple):
    name: str  # "a.b" for `import a.b`, "a.b.c" for `from a.b import c`
    line: int


def _modules() -> Iterator[tuple[str, Path]]:
    """Every module of the project's own code: (full name, file)."""
    for top in CODE:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(_modules())


def _layer_of(module: str) -> str | None:
    """The drawing's entry for this module: the longest that contains it. None: it has no place."""
    return max((name for name in LAYERS if _within(module, name)), key=len, default=None)


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def _imports(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[Import]:
    """Every import of a module, also those in functions and those for type checkers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".")[: None if is_package and node.level == 1 else -(node.level - is_package)]
                base = ".".join([*package, base] if base else package)
            yield from (Import(f"{base}.{alias.name}", node.lineno) for alias in node.names)


def _forbidden(layer: str, name: str) -> bool:
    """Whether a module of this layer may not import this name."""
    top = name.split(".")[0]
    if top in CODE:
        return not any(_within(name, allowed) for allowed in (layer, *LAYERS[layer].inside))
    if top in {"tests", "benchmarks", "scripts"}:
        return True
    return top not in sys.stdlib_module_names and not LAYERS[layer].libraries & {"*", top}


def _parsed(module: str) -> tuple[ast.Module, list[Import]]:
    path = MODULES[module]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tree, list(_imports(tree, module, is_package=path.name == "__init__.py"))


def test_contributing_shows_this_drawing() -> None:
    """Every layer, with what it may import of this project."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    drawn: dict[str, str] = {}
    for line in text.partition("## The layers\n\n```\n")[2].partition("```")[0].splitlines():
        names, _, allowed = re.split(r" {2,}", line)
        drawn |= {name: allowed.removeprefix("may import ") for name in names.split(", ")}
    assert drawn.pop("domain") == "the standard library and msgspec"
    assert {drawn.pop(name) for name in ("app", "commands", "stores")} == {"everything"}
    inside = {name: set[str]() if allowed == "nothing" else set(allowed.split(", ")) for name, allowed in drawn.items()}
    assert inside == {
        name.removeprefix("queue_server."): {each.removeprefix("queue_server.") for each in layer.inside}
        for name, layer in LAYERS.items()
        if layer != _EVERYTHING and name != "queue_server.domain"
    }


def test_every_module_has_a_place_in_the_drawing() -> None:
    """A new package says first what it may import."""
    packages = {"queue_server", "display", "counter_client"}
    assert [module for module in MODULES if module not in packages and _layer_of(module) is None] == []


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_point_inward(layer: str) -> None:
    """A layer imports what the drawing allows it, and nothing else."""
    breaches = [
        f"{MODULES[module].relative_to(ROOT)}:{found.line} imports {found.name}"
        for module in MODULES
        if _layer_of(module) == layer
        for found in _parsed(module)[1]
        if _forbidden(layer, found.name)
    ]
    assert not breaches, "\n".join(breaches)


def _impurities(tree: ast.Module, imports: list[Import]) -> Iterator[tuple[int, str]]:
    """What reads a clock, chance or the outside world: (line, what)."""
    for found in imports:
        top = found.name.split(".")[0]
        if top in sys.stdlib_module_names and not any(_within(found.name, name) for name in COMPUTING):
            yield found.line, f"imports {found.name}"
    dates = {"datetime", "date"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "datetime":
            dates |= {alias.asname for alias in node.names if alias.asname and alias.name in {"datetime", "date"}}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DOING:
            yield node.lineno, f"calls {node.func.id}()"
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", None)
            if owner in dates:
                yield node.lineno, f"reads the clock: {ast.unparse(node)}"
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield node.lineno, "waits"


@pytest.mark.parametrize("layer", PURE)
def test_what_is_pure_reads_no_clock_no_chance_and_no_file(layer: str) -> None:
    """The same arguments give the same result, today and when the journal is replayed in ten years."""
    breaches = [
        f"{MODULES[module].relative_to(ROOT)}:{line} {what}"
        for module in MODULES
        if _within(module, layer)
        for line, what in _impurities(*_parsed(module))
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import os.path",
        "from random import random",
        "import urllib.request",
        "def f():\n    from secrets import token_hex",
        "from datetime import datetime\nat = datetime.now()",
        "from datetime import date as day\nat = day.today()",
        "import datetime\nread = datetime.datetime.utcnow",
        "open('x')",
        "async def f(): ...",
    ],
)
def test_the_search_for_impurities_finds_them(source: str) -> None:
    """A test that could not fail would prove nothing."""
    tree = ast.parse(source)
    assert list(_impurities(tree, list(_imports(tree, "queue_server.domain.x", is_package=False))))


@pytest.mark.parametrize(
    ("layer", "name", "forbidden"),
    [
        ("queue_server.domain", "queue_server.domain.ticket", False),
        ("queue_server.domain", "msgspec.Struct", False),
        ("queue_server.domain", "queue_server.journal.base", True),
        ("queue_server.domain", "structlog", True),
        ("queue_server.wire", "msgspec", True),
        ("queue_server.engine", "queue_server.journal.base.Head", False),
        ("queue_server.engine", "queue_server.journal.sqlite", True),
        ("queue_server.engine", "queue_server.web", True),
        ("queue_server.journal", "queue_server.engine.clock", True),
        ("queue_server.web", "tests.conftest", True),
        ("display", "queue_server.wire.frames", False),
        ("display", "queue_server.voice.audio", False),
        ("display", "queue_server.domain", True),
        ("display", "queue_server", True),
    ],
)
def test_the_drawing_is_read_as_drawn(layer: str, name: str, forbidden: bool) -> None:
    """Each arrow allows its target and what that contains, and no neighbour."""
    assert _forbidden(layer, name) is forbidden


def test_relative_imports_are_resolved() -> None:
    """An import cannot leave its layer by dots."""
    tree = ast.parse("from ..journal import base\nfrom . import queue\nfrom .ticket import Ticket")
    inside = [found.name for found in _imports(tree, "queue_server.domain.x", is_package=False)]
    assert inside == ["queue_server.journal.base", "queue_server.domain.queue", "queue_server.domain.ticket.Ticket"]
    package = [found.name for found in _imports(tree, "queue_server.domain", is_package=True)]
    assert package == inside
