"""Of which version of the national list the reasons of a rating are."""

from collections.abc import Sequence

from queue_server.domain.rating import Level
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server

__all__ = ["version_asked"]


def version_asked(server: Server, level: Level, codes: Sequence[str], version: str | None) -> str:
    """The version: the one that is named, else the latest. Raises ProblemError for a reason that is not the level's."""
    reasons = server.offered_reasons
    if version is not None:
        known = server.reasons.get(version)
        if known is None:
            raise ProblemError("reason_unknown", reasons_version=version)
        reasons = known
    unknown = reasons.unknown(level, codes)
    if unknown is not None:
        raise ProblemError("reason_unknown", reason=unknown, level=level)
    return reasons.version
