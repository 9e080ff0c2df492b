"""A hall's set-up as a TOML file, read against the catalogue that comes with the program."""

from collections.abc import Mapping

from queue_server import catalogue
from queue_server.domain.hall import Hall
from queue_server.exchange import hall_toml
from queue_server.exchange.hall_toml import BadHallFile

__all__ = ["BadHallFile", "read_hall"]


def read_hall(text: str, accounts: Mapping[str, str]) -> Hall:
    """The hall in a TOML file. accounts: account id by login name. Raises BadHallFile."""
    return hall_toml.read_hall(text, accounts, catalogue.by_number(), catalogue.default_handling())
