"""Merge patches: RFC 7396 as it stands, and the laws that the live protocol leans on."""

import copy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from queue_server.wire.merge_patch import apply, compose, diff
from tests.wire.vectors import load

names = st.sampled_from(["a", "b", "c", "3"])
plain = st.one_of(st.booleans(), st.integers(-2, 2), st.sampled_from([0.0, 1.0, 1.5, "", "大厅"]))
lists = st.lists(st.one_of(plain, st.dictionaries(names, plain, max_size=2)), max_size=2)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(plain, lists), lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=12
)
states = st.dictionaries(names, values, max_size=4)
changes: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), plain, lists), lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=12
)
patches = st.dictionaries(names, changes, max_size=4)


def exactly(value: Any) -> str:
    """A text that differs wherever JSON differs: 1 is not true, and the order of members is nothing."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name!r}:{exactly(value[name])}" for name in sorted(value)) + "}"
    return "[" + ",".join(map(exactly, value)) + "]" if isinstance(value, list) else repr(value)


@pytest.mark.parametrize("case", load("merge_patch"), ids=lambda case: case["name"])
def test_the_vectors(case: dict[str, Any]) -> None:
    """The RFC's own examples, and ours."""
    target = copy.deepcopy(case["target"])
    assert exactly(apply(target, case["patch"])) == exactly(case["result"])
    assert target == case["target"], "the target was changed in place"


@given(states, states)
def test_a_difference_applied_is_the_new_state(old: dict[str, Any], new: dict[str, Any]) -> None:
    """apply(old, diff(old, new)) == new, to the type, with both left as they were."""
    before = exactly([old, new])
    assert exactly(apply(old, diff(old, new))) == exactly(new)
    assert exactly([old, new]) == before


@given(states)
def test_no_difference_is_an_empty_patch(state: dict[str, Any]) -> None:
    """Equal states, shared or not, give nothing to send."""
    assert diff(state, state) == {}
    assert diff(state, copy.deepcopy(state)) == {}


def test_a_difference_is_no_larger_than_it_must_be() -> None:
    """Only what changed is in the patch, and 1 is not true."""
    old = {"counters": {"1": {"state": "open", "number": "A001"}, "2": {"state": "open"}}, "n": 1}
    new = {"counters": {"1": {"state": "paused"}, "2": {"state": "open"}}, "n": True}
    assert diff(old, new) == {"counters": {"1": {"state": "paused", "number": None}}, "n": True}


@pytest.mark.parametrize("new", [{"a": None}, {"a": {"b": None}}, {"a": [1, None]}, {"a": [{"b": None}]}])
def test_a_state_with_null_is_refused(new: dict[str, Any]) -> None:
    """A patch could not say it, so it is a mistake of the projection that made it."""
    olds: list[dict[str, Any]] = [{}, {"a": 1}, {"a": {}}, {"a": None}]
    for old in olds:
        with pytest.raises(ValueError, match="null"):
            diff(old, new)


@given(states, patches, patches)
def test_a_composed_patch_does_what_both_do(state: dict[str, Any], first: Any, second: Any) -> None:
    """apply(apply(s, p1), p2) == apply(s, compose(p1, p2)), for every state, wherever there is such a patch."""
    both = compose(first, second)
    assume(both is not None)
    assert exactly(apply(state, both)) == exactly(apply(apply(state, first), second))


@given(states, patches, patches)
def test_a_reader_that_has_the_first_part_can_take_both(state: dict[str, Any], first: Any, second: Any) -> None:
    """A merged patch may begin below a reader's position: what it has already does no harm."""
    both = compose(first, second)
    assume(both is not None)
    assert exactly(apply(apply(state, first), both)) == exactly(apply(apply(state, first), second))


@pytest.mark.parametrize("first", [{"a": None}, {"a": 1}, {"a": [1]}, {"a": "text"}])
def test_what_no_single_patch_can_say_is_none(first: dict[str, Any]) -> None:
    """Removed, then there again as an object: a merge patch would keep the members of the removed one."""
    assert compose(first, {"a": {"b": 1}}) is None
    assert compose({"deep": first}, {"deep": {"a": {"b": 1}}}) is None
    assert compose(first, {"a": 2}) == {"a": 2}
    assert compose(first, {"a": None}) == {"a": None}
