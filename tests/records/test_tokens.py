"""Bearer tokens."""

import re

from queue_server.records.tokens import hash_token, new_token


def test_a_token_has_256_bits_in_url_safe_characters() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_a_token_is_kept_as_its_sha256() -> None:
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_whatever_a_caller_sends_can_be_hashed() -> None:
    assert len({hash_token(text) for text in ("", "\0", "令牌", "\ud800", "x" * 100_000)}) == 5
