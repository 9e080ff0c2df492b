"""When a flexible counter 机动窗口 should be opened, or closed again. A person decides; this says why, and whom to ask.

Two thresholds apart keep it from fluttering: what asks for an opening does not ask for the closing afterwards, and
nothing is proposed to be closed whose closing would ask for an opening.
"""

from typing import Literal

from queue_server.domain.day import Day
from queue_server.domain.thresholds import Flexible
from queue_server.domain.value import Value

__all__ = ["Proposal", "proposals"]


class Proposal(Value, frozen=True, kw_only=True):
    """One thing to be decided.

    waiting: people waiting in the queues that the counter serves. open: other counters that are open for any of these.
    limit: of the set-up, people for each counter. actors: accounts to be asked, the first before the others: whose own
    queues are empty, whoever did something longest ago first; of a closing, who is there.
    """

    action: Literal["open", "close"]
    counter: int
    queues: tuple[str, ...]
    waiting: int
    open: int
    limit: int
    actors: tuple[str, ...] = ()


def proposals(day: Day, limits: Flexible) -> list[Proposal]:
    """What is proposed while the hall is open, one counter at a time for each queue. Where no counter is open for the
    queues, it is measured as though one were.
    """
    found: list[Proposal] = []
    if day.hall_or_none is None or not limits.open_at:
        return found
    proposed: set[str] = set()
    for number, counter in day.hall.counters.items():
        queues = counter.queues
        if counter.kind != "flexible" or not proposed.isdisjoint(queues):
            continue
        waiting = sum(len(day.waiting.get(queue, ())) for queue in queues)
        others = [n for n in day.open_for(queues) if n != number]
        if number not in day.duties:
            if waiting <= limits.open_at * max(len(others), 1):
                continue
            one = Proposal(
                action="open",
                counter=number,
                queues=queues,
                waiting=waiting,
                open=len(others),
                limit=limits.open_at,
                actors=_at_leisure(day, queues),
            )
        elif number in day.current or not waiting < limits.close_at * len(others):
            continue
        else:
            one = Proposal(
                action="close",
                counter=number,
                queues=queues,
                waiting=waiting,
                open=len(others),
                limit=limits.close_at,
                actors=(day.duties[number].clerk,),
            )
        found.append(one)
        proposed.update(queues)
    return found


def _at_leisure(day: Day, queues: tuple[str, ...]) -> tuple[str, ...]:
    """Clerks on duty elsewhere for whom nobody waits and before whom nobody is."""
    free = [
        number
        for number, duty in day.duties.items()
        if duty.pause is None
        and number not in day.current
        and not any(day.waiting.get(queue) for queue in day.serves(number))
        and day.hall.counters[number].kind != "flexible"
        and set(queues).isdisjoint(day.serves(number))
    ]
    return tuple(day.duties[n].clerk for n in sorted(free, key=lambda n: day.operated.get(n, day.duties[n].since)))
