"""Where a hall's alerts are sent. The secret that signs them is in records/, never here: the set-up is journaled."""

import re
from collections.abc import Iterator
from typing import Literal, get_args
from urllib.parse import urlsplit

from queue_server.domain.fault import Fault
from queue_server.domain.thresholds import COLOURS, Colour
from queue_server.domain.value import Value

__all__ = ["ALERT_KINDS", "AlertKind", "Webhook", "faults_of_webhook"]

AlertKind = Literal["alarm", "bad_rating", "complaint", "turn_near"]
"""An alarm of the hall or of a device, a bad rating, a major or overdue complaint, few people ahead of a citizen who
left a phone number."""
ALERT_KINDS: tuple[AlertKind, ...] = get_args(AlertKind)

_ADDRESS = re.compile(r"https?://[!-~]{1,300}")


class Webhook(Value, frozen=True, kw_only=True):
    """An address of the centre's own, which passes alerts on as messages. url: "" for none. alarms_from: the mildest
    colour of an alarm that is worth a message.
    """

    url: str = ""
    kinds: tuple[AlertKind, ...] = ALERT_KINDS
    alarms_from: Colour = "yellow"

    def tells_of(self, kind: AlertKind, colour: Colour) -> bool:
        """Whether an alarm of that kind and colour is passed on."""
        return kind in self.kinds and COLOURS.index(colour) >= COLOURS.index(self.alarms_from)

    @property
    def readable(self) -> bool:
        """Whether anybody on the way can read what is sent there."""
        return self.url.startswith("http:")


def faults_of_webhook(webhook: Webhook) -> Iterator[Fault]:
    """Everything that makes a webhook unusable."""
    if webhook.url and not (_ADDRESS.fullmatch(webhook.url) and _has_host(webhook.url)):
        yield Fault("webhook.url", "address_wrong")


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # of an address in brackets, or a port
        return False
