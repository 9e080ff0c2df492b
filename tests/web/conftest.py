"""The running server of the pages' tests, for the tests of the contract too."""

from tests.web.pages.conftest import site

__all__ = ["site"]
