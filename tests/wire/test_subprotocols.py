"""A device page's token, carried in the subprotocols."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.wire.subprotocols import LIVE, bearer_token, offer


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_token_goes_there_and_back(token: str) -> None:
    """Every token survives, in characters that a header may hold."""
    offered = offer(token)
    assert offered[0] == LIVE
    assert bearer_token(offered) == token
    assert all(character.isascii() and (character.isalnum() or character in ".-_") for character in "".join(offered))


def test_no_token_is_none() -> None:
    """A page whose cookie speaks offers none."""
    assert bearer_token([]) is None
    assert bearer_token([LIVE]) is None


@pytest.mark.parametrize("name", ["bearer.!", "bearer.A", "bearer.令牌", "bearer._w", "bearer.YQ==="])
def test_a_broken_token_is_refused(name: str) -> None:
    """Not base64url of UTF-8: an error, which the server answers with 4501."""
    with pytest.raises(ValueError):
        bearer_token([LIVE, name])
