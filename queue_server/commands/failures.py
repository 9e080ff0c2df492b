"""What can go wrong in the world while a command works, each as one clear sentence."""

import errno

from queue_server.records import errors

__all__ = ["sentence"]


def sentence(error: Exception) -> str:
    """What to tell the person at the terminal."""
    match error:
        case errors.BadUser():
            return f"{error.user!r} cannot be a login name: 1 to 64 printable characters without blanks"
        case errors.UserTaken():
            return f"there is an account {error.user!r} already"
        case errors.BadDevice(role="evaluator"):
            return "an evaluator belongs to a counter: say which, with --counter"
        case errors.BadDevice():
            return f"a device for {error.role} belongs to no counter"
        case errors.NoSuchRecord():
            return f"nothing has the id {error.id!r}"
        case errors.NotRecords():
            return f"{error.path} holds no records of this program"
        case errors.RecordsTooNew():
            return f"the records have schema version {error.found}; this program knows versions up to {error.known}"
        case errors.NoBackup():
            return "records in Redis are copied by Redis's own means"
        case errors.RecordsUnavailable():
            return f"the records are not available: {error.cause}"
        case OSError(filename=str() as name, strerror=str() as why):
            return f"{name}: {why}"
        case OSError(errno=errno.ENOSPC):
            return "the disk is full"
        case _:
            return str(error)
