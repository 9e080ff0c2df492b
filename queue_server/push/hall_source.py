"""All halls' topics, as the hub asks for them."""

from collections.abc import Callable
from datetime import datetime

from queue_server.projections.speech import Phrasebook
from queue_server.push.hub import Hub
from queue_server.push.source import Frame, Opening
from queue_server.push.topics import HallTopics
from queue_server.wire.resume import Position

__all__ = ["HallSource"]


class HallSource:
    """Keeps the topics of the halls that are loaded.

    phrasebook: the languages of their calls. called: told at once of every call that happens, by hall and seq.
    current: see `Hub`.
    """

    def __init__(
        self,
        phrasebook: Phrasebook,
        called: Callable[[str, int], None] = lambda hall, seq: None,
        current: Callable[[str], bool] = lambda hall: True,
    ) -> None:
        self._phrasebook = phrasebook
        self._called = called
        self.hub = Hub(self, wall=lambda hall: self._halls[hall].now(), current=current)
        self._halls: dict[str, HallTopics] = {}

    def listen(self, hall: str, now: Callable[[], datetime]) -> HallTopics:
        """The listener for a hall that is about to be loaded. now: the hall's time."""

        def publish(topic: str, frame: Frame) -> None:
            self.hub.publish(hall, topic, frame)
            if topic == "calls":
                self._called(hall, frame.seq)

        self._halls[hall] = HallTopics(publish, now, self._phrasebook, replaced=lambda: self.hub.close_hall(hall))
        return self._halls[hall]

    def forget(self, hall: str) -> None:
        """The hall was let go."""
        self._halls.pop(hall, None)

    def busy(self, hall: str) -> bool:
        """Whether anybody listens to the hall."""
        return bool(self.hub.topics(hall))

    def topics_of(self, hall: str) -> HallTopics:
        """The topics of a loaded hall. Raises LookupError."""
        return self._halls[hall]

    def flush(self) -> None:
        """Publish what was held back and is due. Called by the process's clock."""
        for topics in self._halls.values():
            topics.flush()

    # What the hub asks, see push.source

    async def open(self, hall: str, topic: str, asked: Position | None) -> Opening:
        """What a reader standing at `asked` gets first."""
        topics = self._halls[hall]
        if not topics.exists(topic):
            raise LookupError(topic)
        return await topics.open(topic, asked)

    def snapshot(self, hall: str, topic: str) -> Opening:
        """The topic's state now, for a reader that fell behind."""
        topics = self._halls[hall]
        return Opening([topics.snapshot(topic, "slow")], topics.stands(topic))

    def head(self, hall: str, topic: str) -> int:
        """Where a reader stands who has every frame published so far."""
        return self._halls[hall].stands(topic)

    def first_subscriber(self, hall: str, topic: str) -> None:
        """Somebody listens from now on."""
        self._halls[hall].follow(topic)

    def last_gone(self, hall: str, topic: str) -> None:
        """Nobody listens any more."""
        if hall in self._halls:
            self._halls[hall].unfollow(topic)
