"""A real server, for what follows a real page."""

from tests.web.conftest import cheap_passwords
from tests.web.pages.conftest import site

__all__ = ["cheap_passwords", "site"]
