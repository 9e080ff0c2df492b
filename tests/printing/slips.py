"""Slips for tests and pictures."""

from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace

from queue_server.domain.hall import Hall
from queue_server.domain.ticket import Estimate, Ticket
from queue_server.printing.slip import Slip
from queue_server.printing.ticket_slip import ticket_slip
from queue_server.web.languages import languages
from tests.domain.halls import township

__all__ = ["AT", "TICKET", "a_slip", "english", "long_names"]

AT = datetime(2026, 6, 1, 1, 30, tzinfo=UTC)
TICKET = Ticket(
    id="t_1", number="A012", queue="comprehensive", business_day=date(2026, 6, 1), issued_at=AT, state="waiting",
    effective=AT, order=1,
)  # fmt: skip


def english(text: str) -> str:
    """The text in English."""
    return languages()["en"].translations.gettext(text)


def a_slip(hall: Hall | None = None, ticket: Ticket = TICKET, **changes: Any) -> Slip:
    """The slip of a ticket that waits behind three others."""
    usual: dict[str, Any] = {
        "ahead": 3, "estimate": Estimate(p50_s=600, p90_s=880), "now": AT, "closes": None, "_": str,
    }  # fmt: skip
    return ticket_slip(hall or township(), ticket, **usual | changes)


def long_names() -> Hall:
    """A hall and a queue with thirty characters each."""
    hall = township(name="某某自治区某某自治州某某自治县某某民族乡党群服务与便民服务中心")
    queue = replace(hall.queues["comprehensive"], name="企业开办与经营及不动产与税务社保医保业务综合受理")
    return replace(hall, queues=hall.queues | {"comprehensive": queue})
