"""The running server of the pages' tests, for the tests of faults too."""

from tests.web.pages.conftest import site

__all__ = ["site"]
