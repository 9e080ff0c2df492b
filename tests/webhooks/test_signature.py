"""Signatures as the standard's own example has them."""

from base64 import b64decode
from datetime import UTC, datetime

from queue_server.webhooks.signature import headers_of, written

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
