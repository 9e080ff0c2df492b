"""What a kiosk offers first: the services that people come for most, counted and nothing more."""

from collections import Counter

from queue_server.domain.day import Day

__all__ = ["most_wanted"]


def most_wanted(day: Day, most: int) -> list[int]:
    """Catalogue numbers of the services that most tickets of today and the last business day were taken for.

    At most `most`, the most wanted first, of equals the one that was asked for first; only what the hall still offers.
    """
    if day.hall_or_none is None:
        return []
    tickets = (*day.tickets.values(), *day.previous.values())
    wanted = Counter(ticket.service for ticket in tickets if ticket.service in day.hall.services)
    return [service for service, _ in wanted.most_common(most) if service is not None]
