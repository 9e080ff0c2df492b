"""Close codes: who comes back, and what people are told."""

from typing import Any

import pytest

from queue_server.wire.close_codes import CloseCode, comes_back, meaning
from tests.wire.vectors import load

CASES = load("close_codes")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["code"]))
def test_the_vectors(case: dict[str, Any]) -> None:
    """By range, with words for every code."""
    assert comes_back(case["code"]) is case["comes_back"]
    assert meaning(case["code"]) == meaning(case["code"], "zh-CN") == case["zh"]
    assert meaning(case["code"], "en") == case["en"]


def test_every_code_has_its_vector_and_its_own_words() -> None:
    """No code of ours is told in the words for any code."""
    assert {int(code) for code in CloseCode} <= {case["code"] for case in CASES}
    assert len({meaning(code) for code in CloseCode}) == len(CloseCode)
