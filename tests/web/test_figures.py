"""The figures that people read are those that statistics have, under the names that the document gives them."""

import re
from pathlib import Path

from queue_server.web.figures import FIGURES, TOPICS, value_of

DOCUMENT = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text("utf-8")


def test_names_are_those_of_the_document() -> None:
    """A figure that the document defines by itself is called there as it is on pages."""
    defined = dict(re.findall(r"^\| `(\w+)` (\S+) \|", DOCUMENT, re.M))
    defined |= dict(re.findall(r"`(spread)` (\w+)", DOCUMENT))
    for figure in FIGURES.values():
        top, _, part = figure.path.partition(".")
        assert top in defined, figure.path
        assert part or defined[top] == figure.name, figure.path


def test_every_topic_draws_one_of_its_own_figures() -> None:
    """And no figure belongs to two."""
    assert all(topic.main in {figure.path for figure in topic.figures} for topic in TOPICS)
    assert len(FIGURES) == sum(len(topic.figures) for topic in TOPICS)


def test_a_figure_that_is_not_known_is_none() -> None:
    """At any depth."""
    assert value_of({}, "waiting.mean_s") is None
    assert value_of({"waiting": {"count": 0}}, "waiting.mean_s") is None
    assert value_of({"waiting": {"count": 0}}, "waiting.count") == 0
