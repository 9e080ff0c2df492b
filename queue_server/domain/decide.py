"""What a command makes of the day: `decide(day, command, now) -> events | refusal`.

Pure: the time, ids and estimates come in. The rules stand in the modules named for them; this one only finds them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from queue_server.domain import business_day, calling, commands, duty, issuing, rate, serving
from queue_server.domain.day import Day
from queue_server.domain.events import DayEvent
from queue_server.domain.refusals import Refusal, Refused

__all__ = ["Decision", "decide"]

Decision = tuple[DayEvent, ...] | Refusal
"""Events to append (none: the command was accepted and changes nothing), or a refusal."""


def decide(day: Day, command: commands.DayCommand, now: datetime) -> Decision:
    """What the command does to the day at hall time `now`; the day itself is not touched."""
    try:
        return _RULES[type(command)](day, command, now)
    except Refused as refused:
        return refused.refusal


_RULES: dict[type, Callable[[Day, Any, datetime], tuple[DayEvent, ...]]] = {
    commands.EndDay: business_day.end_day,
    commands.OpenDay: business_day.open_day,
    commands.ChangeHall: business_day.change_hall,
    commands.IssueTicket: issuing.issue,
    commands.EnterPaper: issuing.enter_paper,
    commands.SkipNumbers: issuing.skip_numbers,
    commands.ServeNow: issuing.serve_now,
    commands.CancelTicket: issuing.cancel,
    commands.LeavePhone: issuing.leave_phone,
    commands.ReturnTicket: issuing.take_back,
    commands.SetPriority: issuing.set_priority,
    commands.MakeUrgent: issuing.make_urgent,
    commands.CallNext: calling.call_next,
    commands.CallNumber: calling.call_number,
    commands.Recall: calling.recall,
    commands.NoShow: calling.no_show,
    commands.Start: serving.start,
    commands.Finish: serving.finish,
    commands.Hold: serving.hold,
    commands.ResumeTicket: serving.resume_ticket,
    commands.Transfer: serving.transfer,
    commands.SignOn: duty.sign_on,
    commands.SignOff: duty.sign_off,
    commands.PauseCounter: duty.pause,
    commands.ResumeCounter: duty.resume,
    commands.RateLeg: rate.rate_leg,
    commands.RateCounter: rate.rate_counter,
    commands.LeaveUnrated: rate.leave_unrated,
}
