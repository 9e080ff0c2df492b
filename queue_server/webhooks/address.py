"""What may be sent to which address. Pure."""

from ipaddress import ip_address
from urllib.parse import urlsplit

__all__ = ["is_confidential"]


def is_confidential(url: str) -> bool:
    """Whether a telephone number may go there: nobody between reads an https address, nor one of the own network.

    A name is nobody's own: what it stands for may be another address tomorrow.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        address = ip_address(parts.hostname or "")
    except ValueError:
        return False
    return address.is_private and not address.is_unspecified
