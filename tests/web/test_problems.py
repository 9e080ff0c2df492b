"""Refusals as documents: one shape, both languages, every code."""

import json

import pytest

from queue_server.domain.refusals import CODES, Refusal
from queue_server.web.problems import PROBLEMS, Problem, ProblemError, problem_of, status_of

FAILURES = [code for code, text in PROBLEMS.items() if text.status >= 500]


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_code_has_a_document_in_both_languages(code: str) -> None:
    """The members that RFC 9457 and the contract name; Chinese or English, nothing else different."""
    zh, en = (json.loads(Problem(code).body(english)) for english in (False, True))
    assert list(zh) == ["type", "title", "status", "code", "retry", "detail"]
    assert zh["title"] == zh["detail"] == PROBLEMS[code].zh
    assert en["title"] == en["detail"] == PROBLEMS[code].en
    assert {name: zh[name] for name in ("type", "status", "code", "retry")}.items() <= en.items()
    assert zh["code"] == code
    assert zh["status"] == status_of(code) == Problem(code).status
    assert zh["retry"] in ("never", "new_key", "same_key")
    assert PROBLEMS[code].en.isascii()
    assert not PROBLEMS[code].zh.isascii()


def test_the_domains_codes_are_all_here_with_the_retry_that_the_domain_says() -> None:
    """A rule that learns a new refusal must be given its words."""
    assert CODES.keys() <= PROBLEMS.keys()
    for code, retry in CODES.items():
        assert json.loads(Problem(code).body(False))["retry"] == retry


@pytest.mark.parametrize("code", [code for code in FAILURES if not code.startswith("printer_")])
def test_what_the_server_could_not_do_is_sent_again_as_it_is(code: str) -> None:
    """No client may take a failure of the server for a refusal."""
    assert json.loads(Problem(code).body(False))["retry"] == "same_key"


@pytest.mark.parametrize("code", [code for code in FAILURES if code.startswith("printer_")])
def test_what_a_printer_could_not_do_is_a_persons_to_ask_for_again(code: str) -> None:
    """Somebody has to put paper in first; and half of the slip may be out."""
    assert json.loads(Problem(code).body(False))["retry"] == "new_key"


def test_a_refusals_data_stands_beside_and_never_over_the_documents_own() -> None:
    """Fields of the domain are extra members."""
    error = problem_of(Refusal(code="ticket_open", fields={"number": "A001", "counter": 3, "status": 1, "title": "x"}))
    assert isinstance(error, ProblemError)
    document = json.loads(error.problem.body(False))
    assert (document["number"], document["counter"]) == ("A001", 3)
    assert (document["status"], document["title"]) == (409, PROBLEMS["ticket_open"].zh)


def test_a_detail_says_more_than_the_title() -> None:
    """Where a sentence alone would not help a programmer."""
    document = json.loads(ProblemError("wrong_shape", "give one of queue and service").problem.body(True))
    assert document["detail"] == "give one of queue and service"
    assert document["title"] == PROBLEMS["wrong_shape"].en
