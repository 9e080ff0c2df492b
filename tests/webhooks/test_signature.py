"""Signatures as the standard's own example has them."""

import re
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from queue_server.webhooks.signature import SECRET_BYTES, headers_of, written

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_headers_are_those_of_the_standard() -> None:
    """The example that libraries of other languages are held to."""
    at = datetime.fromtimestamp(1614265330.9, UTC)
    key = b64decode(SECRET.removeprefix("whsec_"))
    assert headers_of(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}') == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_is_written_as_the_standard_says() -> None:
    """With its prefix, in base64."""
    assert written(b64decode(SECRET.removeprefix("whsec_"))) == SECRET


def test_the_documents_example_takes_what_is_genuine_and_nothing_else() -> None:
    """As somebody would copy it."""
    text = (Path(__file__).parents[2] / "docs" / "webhook.md").read_text("utf-8")
    copied: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", text, re.S)[0], copied)
    is_genuine = copied["is_genuine"]
    key, body, at = bytes(range(SECRET_BYTES)), "{“中文”}".encode(), datetime(2026, 3, 2, tzinfo=UTC)
    headers = headers_of(key, "msg_1", at, body)
    assert is_genuine(written(key), headers, body)
    assert is_genuine(written(key), headers | {"webhook-signature": f"v1,old {headers['webhook-signature']}"}, body)
    assert not is_genuine(written(bytes(SECRET_BYTES)), headers, body)
    assert not is_genuine(written(key), headers, body + b" ")
    assert not is_genuine(written(key), headers | {"webhook-timestamp": "0"}, body)
