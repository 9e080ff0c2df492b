"""What is told once is told again to the same request, and nobody else can work it out."""

import re

from queue_server.web.repeatable import digits_for, password_for, token_for


def test_the_same_command_gets_the_same_secret() -> None:
    """Another command, another server, another purpose: another one."""
    assert token_for(b"k", "c") == token_for(b"k", "c")
    assert len({token_for(b"k", "c"), token_for(b"k", "d"), token_for(b"l", "c")}) == 3
    assert len({digits_for(b"k", "c"), digits_for(b"k", "d"), digits_for(b"l", "c")}) == 3
    assert len({password_for(b"k", "c"), password_for(b"k", "d"), password_for(b"l", "c")}) == 3


def test_they_look_like_fresh_ones() -> None:
    """A token of 43 url-safe characters, a password that can be read out, an id's digits."""
    assert re.fullmatch(r"[0-9a-f]{16}", digits_for(b"k", "c"))
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token_for(b"k", "c"))
    assert re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", password_for(b"k", "c"))
