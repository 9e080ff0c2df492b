"""How the server logs: structured, an action and ids; never personal data, free text, or a ticket's id."""

import io
import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog

__all__ = ["configure_logging"]


class _StandardError(io.TextIOBase):
    """Standard error as it is at the moment. A line that cannot be written is lost, and nothing else with it: a full
    disk below the log must not stop a hall.
    """

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def configure_logging(form: str) -> None:
    """Log to standard error, as "console" for people or "json" for collectors."""
    out = _StandardError()
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        # Plain tracebacks: prettier ones show the values of variables, which may be anybody's.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, out)),
    )
    # What libraries say (uvicorn, asyncio), in the same form.
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
