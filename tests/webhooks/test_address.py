"""What may be sent to which address."""

import pytest

from queue_server.webhooks.address import is_confidential


@pytest.mark.parametrize(
    ("url", "confidential"),
    [
        ("https://sms.example.com/hook", True),
        ("http://sms.example.com/hook", False),
        ("http://8.8.8.8/hook", False),
        ("http://192.168.1.20:9000/hook", True),
        ("http://10.1.2.3/", True),
        ("http://172.32.0.1/", False),
        ("http://127.0.0.1:9000/", True),
        ("http://localhost:9000/", True),
        ("http://localhost.example.com/", False),
        ("http://[fd00::1]/", True),
        ("http://[2400:3200::1]/", False),
        ("http://[::ffff:8.8.8.8]/", False),
        ("http://0.0.0.0/", False),
        ("http://192.168.1.20@sms.example.com/", False),
        ("http://gateway/", False),
        ("", False),
    ],
)
def test_a_telephone_number_goes_by_https_or_within_the_own_network(url: str, confidential: bool) -> None:
    """A name over plain http is nobody's own."""
    assert is_confidential(url) is confidential
