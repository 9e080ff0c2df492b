"""Refusals: what stands in the way of a command. A refusal names its obstacle and changes nothing.

The words people read stand apart (web/problems.py); here are the stable codes and whether a retry can help:
`new_key`, ask again once the obstacle is gone; `never`, the same request will always be refused.
"""

from typing import Literal, NoReturn

from queue_server.domain.value import Value

__all__ = ["CODES", "Refusal", "Refused", "Retry", "refuse"]

Retry = Literal["never", "same_key", "new_key"]

CODES: dict[str, Retry] = {
    "day_doubtful": "new_key",  # the date leapt ahead: the head is asked before numbers start over
    "day_not_over": "new_key",  # a business day can only be opened after the one before
    "day_closed": "new_key",  # the head closed the day early
    "ticketing_closed": "new_key",
    "quota_reached": "new_key",
    "service_not_offered": "never",
    "queue_unknown": "never",
    "counter_unknown": "never",
    "ticket_unknown": "never",
    "number_unknown": "never",
    "number_invalid": "never",  # not of that queue: its prefix and three digits, four from 1000
    "number_taken": "never",
    "issued_at_invalid": "never",  # not of this business day, or still to come
    "post_unknown": "never",
    "ticket_open": "new_key",  # the counter still has a ticket
    "no_ticket": "new_key",  # the counter has none
    "not_on_duty": "new_key",
    "already_on_duty": "never",
    "counter_taken": "new_key",
    "on_duty_elsewhere": "new_key",
    "not_post_holder": "never",
    "post_elsewhere": "never",  # a post is taken at its own counter, or covered by one on duty
    "not_covered": "never",  # a post that is given up must be one that is covered from here
    "counter_paused": "new_key",
    "not_paused": "never",
    "back_at_past": "never",  # nobody who steps away now was back before
    "queue_in_use": "new_key",  # a set-up cannot take away a queue whose tickets are open
    "queue_not_served": "never",  # this counter does not serve that queue
    "same_queue": "never",  # a transfer to the queue it is in
    "not_waiting": "never",
    "not_called": "new_key",
    "not_serving": "new_key",
    "not_held": "new_key",
    "not_absent": "never",
    "ticket_closed": "never",
    "not_lapsed": "never",  # nothing on the last business day lapsed under that number
    "lapsed_used": "never",  # its holder has gone ahead of others once already
    "already_urgent": "never",
    "recall_limit": "never",
    "not_finished": "new_key",
    "already_rated": "never",
    "already_unrated": "never",  # why it was not rated is noted already
    "absence_unknown": "never",
    "absence_backwards": "never",  # its end lies before its beginning
    "absence_over": "never",  # what is over is neither planned nor withdrawn
    "absence_too_long": "never",
    "absence_overlaps": "never",  # the clerk reported that time before
    "not_in_absence": "never",  # a part of an absence lies within it
    "post_not_left": "never",  # the roster does not expect the absent clerk there
    "deputy_absent": "new_key",
    "handover_unknown": "never",
    "handover_to_self": "never",
    "not_taker": "never",  # it was given to somebody else
    "complaint_unknown": "never",
    "complaint_closed": "never",  # it was answered, or withdrawn
    "complaint_overdue": "never",  # more time is taken before the limit
    "deadline_invalid": "never",  # not later than the present one, or too far ahead
    "complainant_not_told": "never",  # more time is told with its reason
    "reply_must_be_written": "never",  # what was put in writing is answered in writing
    "not_on_the_spot": "never",  # of a kind that is not answered at once by whoever takes it in
    "hall_invalid": "never",
    "hall_changed": "new_key",  # somebody else changed the set-up meanwhile
    "loss_unknown": "never",
    "rectification_unknown": "never",
    "rectification_closed": "never",  # it is put right, or the rating was left out
    "already_under_way": "never",
    "review_pending": "new_key",  # what the head asked has to be decided first
    "no_review": "never",  # nothing was asked
    "own_review": "never",  # nobody decides what they asked themselves
    "until_invalid": "never",  # a day after the one on which it is due, a year at most
    "rectification_overdue": "never",  # more time is asked for before the limit
    "not_rectified": "new_key",  # what was done is rated once it is done
    "already_followed_up": "never",
}


class Refusal(Value, frozen=True, kw_only=True):
    """One refusal: a code of CODES and the data that its sentence needs (no free text, no personal data)."""

    code: str
    fields: dict[str, str | int] = {}

    @property
    def retry(self) -> Retry:
        """Whether asking again can help."""
        return CODES[self.code]


class Refused(Exception):
    """How a rule leaves a decision; `decide` turns it into the value."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def refuse(code: str, **fields: str | int) -> NoReturn:
    """Leave the decision with this refusal."""
    raise Refused(Refusal(code=code, fields=fields))
