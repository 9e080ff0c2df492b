"""Every live reader of this process, by hall and topic."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NoReturn

from queue_server.push.channel import Channel, Counters, Place, Subscription, Surroundings
from queue_server.push.connection import Connection, parting_s
from queue_server.push.fan_out import FanOut
from queue_server.push.outbox import Limits
from queue_server.push.source import Frame, TopicSource, kind_of
from queue_server.wire.close_codes import CloseCode

__all__ = ["Hub"]


def _utc_now(hall: str) -> datetime:
    return datetime.now(UTC)


class Hub:
    """Hands every frame to the readers of its topic, and keeps them alive, in order, bounded and allowed.

    All methods belong to one event loop, and none of them waits for a socket. `run` must be running for anything to be
    sent; should it raise, the process cannot feed its screens any more and had better end.

    now: seconds of a clock that never goes back. wall: a hall's aware time, which
    heartbeats carry. current: whether what is known of a hall may be shown as how things are; while not, its readers
    hear nothing that would tell them so.
    """

    def __init__(
        self,
        source: TopicSource,
        *,
        limits: Limits | None = None,
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[str], datetime] = _utc_now,
        current: Callable[[str], bool] = lambda hall: True,
    ) -> None:
        self.source = source
        self.wall = wall
        self.current = current
        self.limits = limits or Limits()
        self.counters = Counters()
        self._channels: dict[str, dict[str, Channel]] = {}  # by hall and topic; no hall without any
        self._fan_out = FanOut(self.limits.row, now)
        self._around = Surroundings(source, self._fan_out, self.limits, self.counters, now, wall, current)

    async def run(self) -> NoReturn:
        """Feed the readers until cancelled."""
        await self._fan_out.run()

    def publish(self, hall: str, topic: str, frame: Frame) -> None:
        """Send a frame, of a higher seq than all before it. Does nothing when nobody listens to the topic."""
        if (channel := self._channel(hall, topic)) is not None:
            channel.publish(frame)

    def hint(self, hall: str, topic: str, payload: bytes) -> None:
        """Send a hint frame (its JSON) to those who are up to date; one that has not been sent yet is replaced."""
        if (channel := self._channel(hall, topic)) is not None and self.current(hall):
            channel.hint(payload)

    def subscribe(
        self,
        connection: Connection,
        hall: str,
        topic: str,
        *,
        authority: Callable[[], int | None] | None = None,
        on_heard: Callable[[], None] | None = None,
    ) -> Subscription:
        """Register a reader, before it is known what it lacks, so that it misses nothing meanwhile.

        Send it what `TopicSource.open` says, then call `opened`. See `Subscription` for the arguments.
        """
        channel = self._channel(hall, topic)
        if channel is None:
            self.source.first_subscriber(hall, topic)
            channel = Channel(hall, topic, self._around, self._ended)
            self._channels.setdefault(hall, {})[topic] = channel
        subscription = Subscription(channel, connection, authority, on_heard)
        channel.join(subscription)
        connection.listener = subscription
        if not connection.is_open:
            subscription.gone()
        elif connection.is_paused:
            subscription.paused()
        if authority is not None:
            self._recheck_later(subscription)
        return subscription

    def opened(self, subscription: Subscription, seq: int) -> None:
        """The reader has been sent everything up to `seq`: from here on the hub feeds it."""
        if subscription.place is Place.OPENING:
            subscription.channel.opened(subscription, seq)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a reader; its connection is not touched. May be called again, and for one that is gone."""
        subscription.connection.listener = None
        subscription.gone()

    def listens(self, hall: str, topic: str) -> bool:
        """Whether anybody here reads the topic."""
        return self._channel(hall, topic) is not None

    def topics(self, hall: str) -> list[str]:
        """The hall's topics that somebody here reads."""
        return [*self._channels.get(hall, ())]

    def connections(self) -> Counter[str]:
        """Readers by the kind of their topic: board, calls, counter, desk, load, ticket."""
        readers: Counter[str] = Counter()
        for channels in self._channels.values():
            for topic, channel in channels.items():
                readers[kind_of(topic)] += len(channel.subscriptions)
        return readers

    def recheck(self) -> None:
        """Ask at once whether each reader may still listen, rather than within seconds: a token was revoked."""
        for subscription in self._subscriptions():
            subscription.recheck()

    def close_hall(self, hall: str, code: int = CloseCode.SLOW) -> None:
        """Close all readers of a hall, whose history was replaced or lost its tail: resuming puts them right."""
        for subscription in _readers(self._channels.get(hall, {})):
            self._close(subscription, code)

    async def close_all(self, code: int = CloseCode.SHUTTING_DOWN) -> None:
        """Close everybody, evenly over `parting_s`. Under uvicorn `RawWebSocketProtocol.shutdown` does this itself."""
        closing = self._subscriptions()
        step_s = 0.02
        share = max(1, round(step_s * len(closing) / parting_s(len(closing)))) if closing else 1
        for first in range(0, len(closing), share):
            for subscription in closing[first : first + share]:
                self._close(subscription, code)
            if first + share < len(closing):
                await asyncio.sleep(step_s)

    def _close(self, subscription: Subscription, code: int) -> None:
        subscription.connection.close(code)
        subscription.gone()

    def _channel(self, hall: str, topic: str) -> Channel | None:
        return self._channels.get(hall, {}).get(topic)

    def _subscriptions(self) -> list[Subscription]:
        return [subscription for channels in self._channels.values() for subscription in _readers(channels)]

    def _recheck_later(self, subscription: Subscription) -> None:
        def recheck() -> float | None:
            try:
                if subscription.place is Place.GONE or subscription.recheck() is not None:
                    return None
            except Exception:
                subscription.connection.close(CloseCode.SLOW)  # rather than let it listen unchecked
                raise
            return self._around.now() + self.limits.recheck_s

        self._fan_out.at(self._around.now() + self.limits.recheck_s, recheck)

    def _ended(self, channel: Channel) -> None:
        channels = self._channels[channel.hall]
        del channels[channel.topic]
        if not channels:
            del self._channels[channel.hall]
        self.source.last_gone(channel.hall, channel.topic)


def _readers(channels: Mapping[str, Channel]) -> list[Subscription]:
    return [subscription for channel in channels.values() for subscription in channel.subscriptions]
