"""Templates of what is spoken: `请{number}号，到[{area}]{counter}号窗口办理`. Pure text.

A part in brackets is left out when a placeholder in it has nothing to say: a counter without an area is in none.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from queue_server.domain.fault import Fault

__all__ = ["PLACEHOLDERS", "TemplateKind", "faults_of_template", "fill"]

TemplateKind = Literal["call", "recall", "priority"]
"""A first call; the same ticket called again; a first call of a ticket with a confirmed priority."""

PLACEHOLDERS = ("number", "counter", "counter_name", "area")
MOST_LETTERS = 120

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def fill(template: str, values: Mapping[str, str]) -> str:
    """The sentence. values: by placeholder, all of them; "" for what has nothing to say."""

    def optional(found: re.Match[str]) -> str:
        return found[1] if all(values[name] for name in _PLACEHOLDER.findall(found[1])) else ""

    return _PLACEHOLDER.sub(lambda found: values[found[1]], _OPTIONAL.sub(optional, template))


def faults_of_template(place: str, template: str) -> Iterator[Fault]:
    """Everything that makes it unusable: nobody must be called without a number and a counter."""
    if not template.strip() or len(template) > MOST_LETTERS or not template.isprintable():
        yield Fault(place, "text_wrong", {"most": MOST_LETTERS})
        return
    named = _PLACEHOLDER.findall(template)
    for name in named:
        if name not in PLACEHOLDERS:
            known = " ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            yield Fault(place, "placeholder_unknown", {"value": f"{{{name}}}", "known": known})
    if re.search(r"[{}\[\]]", _PLACEHOLDER.sub("", _OPTIONAL.sub(r"\1", template))):
        yield Fault(place, "braces_wrong")
    always = _PLACEHOLDER.findall(_OPTIONAL.sub("", template))
    if "number" not in always or not {"counter", "counter_name"} & {*always}:
        yield Fault(place, "placeholder_missing", {"number": "{number}", "counter": "{counter}"})
