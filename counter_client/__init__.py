"""A counter's desk without a browser: a terminal program, and a small library for other programs.

    async with CounterClient("http://192.168.1.10:8000", "town", 1) as counter:
        await counter.sign_in("town-1", password)
        await counter.sign_on("A")
        ticket = await counter.next()

`docs/counter_client.md` tells the rest.
"""

from counter_client.client import CounterClient
from counter_client.desk import Desk
from counter_client.session import Account, Refused

__all__ = ["Account", "CounterClient", "Desk", "Refused"]
