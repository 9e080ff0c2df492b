"""The event loop: uvloop where it exists."""

import asyncio
import sys

__all__ = ["new_event_loop"]

if sys.platform == "win32":

    def new_event_loop() -> asyncio.AbstractEventLoop:
        """A loop of the standard library."""
        return asyncio.new_event_loop()

else:
    import uvloop

    def new_event_loop() -> asyncio.AbstractEventLoop:
        """A loop that costs half as much per request."""
        return uvloop.new_event_loop()
