"""Fixtures that more than one folder of tests needs."""

import os
import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests go first, so that no worker has one left when the others have nothing more to do."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def chromium_options() -> dict[str, Any]:
    """How to start the system's own Chromium, for Playwright's `launch`.

    Its headless shell where there is one: the same pages in a quarter of the time, for want of a window around them.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, "no Chromium on this machine: run scripts/install-system-packages"
    args = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium refuses its sandbox to root
    return {"executable_path": found, "args": args}


@pytest.fixture(scope="session")
async def chromium() -> "AsyncIterator[Browser]":
    """A headless Chromium, the system's own: one for all tests, since it takes longer to start than most tests run."""
    # Imported here, because most tests need no browser and Playwright is slow to import.
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=15_000)  # ms: a state is waited for, however busy the machine is
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium_options())
        yield browser
        await browser.close()


@pytest.fixture
async def browser(chromium: "Browser") -> "AsyncIterator[Browser]":
    """The system's headless Chromium; what a test opens in it is closed after the test. Mark the test `browser`."""
    before = set(chromium.contexts)
    yield chromium
    for context in set(chromium.contexts) - before:
        await context.close()
