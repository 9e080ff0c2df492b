"""The sentences that call a ticket. Pure text: how a voice pronounces a letter is the voice's business."""

from collections.abc import Iterator

from queue_server.domain.counter import Counter
from queue_server.domain.fault import Fault
from queue_server.domain.sentence import TemplateKind
from queue_server.domain.ticket import Ticket
from queue_server.domain.voice import Voice
from queue_server.voice.language import Called, Phrasebook

__all__ = ["Phrasebook", "faults_of_languages", "speech"]


def speech(ticket: Ticket, counter: Counter, voice: Voice, phrasebook: Phrasebook) -> dict[str, str]:
    """What to say of the ticket's last call, by language: `{"zh": "请A零零一号，到三号窗口办理", "en": …}`."""
    called = Called(number=ticket.number, counter=counter.number, counter_name=counter.name, area=counter.area)
    kind = _kind(ticket)
    return {
        code: language.sentence(called, kind, voice.templates.get(code, {}), yao=voice.yao)
        for code, language in phrasebook.items()
    }


def faults_of_languages(voice: Voice, phrasebook: Phrasebook) -> Iterator[Fault]:
    """The languages that a hall wants and nobody has words for."""
    for code in dict.fromkeys((*voice.languages, *voice.templates)):
        if code not in phrasebook:
            yield Fault("voice.languages", "language_unspoken", {"value": code})


def _kind(ticket: Ticket) -> TemplateKind:
    if ticket.legs and ticket.legs[-1].recalls:
        return "recall"
    return "priority" if ticket.priority is not None and ticket.priority_confirmed else "call"
