"""How far the announcer has come, in a small file: after a restart no call is spoken twice."""

import json
import logging
from pathlib import Path

from queue_server.wire.frames import MAX_SEQ
from queue_server.wire.resume import Position

__all__ = ["Memory"]

log = logging.getLogger(__name__)


class Memory:
    """Keeps one position. path: None keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def recall(self) -> Position | None:
        """The position kept last; None when there is none, or the file is not ours or damaged."""
        if self._path is None:
            return None
        try:
            kept = json.loads(self._path.read_bytes())
            epoch, seq = kept["epoch"], kept["seq"]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as exc:
            log.warning("cannot read %s, beginning anew: %r", self._path, exc)
            return None
        if not isinstance(epoch, str) or not epoch or type(seq) is not int or not 0 <= seq <= MAX_SEQ:
            log.warning("%s holds no position, beginning anew", self._path)
            return None
        return Position(epoch, seq)

    def keep(self, position: Position) -> None:
        """Keep this one instead. A disk that refuses is reported and costs no call."""
        if self._path is None:
            return
        part = self._path.with_name(self._path.name + ".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(position._asdict()), encoding="utf-8")
            part.replace(self._path)
        except OSError as exc:
            log.warning("cannot write %s: %s", self._path, exc)
