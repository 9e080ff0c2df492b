"""Who is on duty at a counter, and what the counter is ready for."""

from datetime import datetime

from queue_server.domain import commands, events
from queue_server.domain.counter import Duty
from queue_server.domain.day import Day
from queue_server.domain.refusals import refuse
from queue_server.domain.ticket import Ticket

__all__ = ["called_ticket", "on_duty", "pause", "ready_to_call", "resume", "serving_ticket", "sign_off", "sign_on"]


def on_duty(day: Day, command: commands.CounterCommand) -> Duty:
    """The duty of the clerk who asks, at the counter asked."""
    _known(day, command.counter)
    duty = day.duties.get(command.counter)
    if duty is None or duty.clerk != command.by:
        refuse("not_on_duty", counter=command.counter)
    return duty


def ready_to_call(day: Day, command: commands.CounterCommand) -> Duty:
    """The same, at a counter that is not paused and has no ticket."""
    duty = on_duty(day, command)
    ticket = day.at_counter(command.counter)
    if ticket is not None:
        refuse("ticket_open", counter=command.counter, number=ticket.number, state=ticket.state)
    if duty.pause is not None:
        refuse("counter_paused", counter=command.counter)
    return duty


def called_ticket(day: Day, command: commands.CounterCommand) -> Ticket:
    """The counter's ticket, which was called and has not begun."""
    ticket = _ticket_here(day, command)
    if ticket.state != "called":
        refuse("not_called", counter=command.counter, number=ticket.number, state=ticket.state)
    return ticket


def serving_ticket(day: Day, command: commands.CounterCommand) -> Ticket:
    """The counter's ticket, which is being served."""
    ticket = _ticket_here(day, command)
    if ticket.state != "serving":
        refuse("not_serving", counter=command.counter, number=ticket.number, state=ticket.state)
    return ticket


def sign_on(day: Day, command: commands.SignOn, now: datetime) -> tuple[events.DayEvent, ...]:
    """Take a counter in a capacity, or cover another post from the counter one is at.

    Never blocked for lack of a confirmation: a B or relief is marked as not confirmed instead.
    """
    _known(day, command.counter)
    duty = day.duties.get(command.counter)
    if duty is not None and duty.clerk != command.by:
        refuse("counter_taken", counter=command.counter)
    for counter, other in day.duties.items():
        if other.clerk == command.by and counter != command.counter:
            refuse("on_duty_elsewhere", counter=counter)
    own = day.hall.post_at(command.counter)
    post = own if command.post is None else day.hall.posts.get(command.post)
    if post is None and command.post is not None:
        refuse("post_unknown", post=command.post)
    if post is not None and not post.holds(command.by, command.capacity):
        refuse("not_post_holder", post=post.id, capacity=command.capacity)
    confirmed = command.capacity == "A" or command.confirmed
    if duty is None:
        if post is not None and post != own:
            refuse("post_elsewhere", post=post.id, counter=post.counter)
        return (
            events.ClerkSignedOn(
                at=now,
                by=command.by,
                counter=command.counter,
                clerk=command.by,
                capacity=command.capacity,
                post=post.id if post else None,
                confirmed=confirmed,
            ),
        )
    if post is None or post.id == duty.post or post.id in duty.covers:
        refuse("already_on_duty", counter=command.counter)
    return (
        events.PostCovered(
            at=now,
            by=command.by,
            counter=command.counter,
            post=post.id,
            capacity=command.capacity,
            confirmed=confirmed,
        ),
    )


def sign_off(day: Day, command: commands.SignOff, now: datetime) -> tuple[events.DayEvent, ...]:
    """Leave the counter, not with a citizen in front of it; or stop covering a post, which may be at any time."""
    duty = on_duty(day, command)
    if command.post is not None:
        if command.post not in duty.covers:
            refuse("not_covered", counter=command.counter, post=command.post)
        return (events.PostUncovered(at=now, by=command.by, counter=command.counter, post=command.post),)
    ticket = day.at_counter(command.counter)
    if ticket is not None:
        refuse("ticket_open", counter=command.counter, number=ticket.number, state=ticket.state)
    return (events.ClerkSignedOff(at=now, by=command.by, counter=command.counter, clerk=duty.clerk),)


def pause(day: Day, command: commands.PauseCounter, now: datetime) -> tuple[events.DayEvent, ...]:
    """Pause, or step away 暂离 with an expected return; said again, it replaces what was said before."""
    on_duty(day, command)
    if command.back_at is not None and command.back_at <= now:
        refuse("back_at_past", counter=command.counter)
    return (
        events.CounterPaused(
            at=now,
            by=command.by,
            counter=command.counter,
            back_at=command.back_at,
            reason_ref=command.reason_ref,
        ),
    )


def resume(day: Day, command: commands.ResumeCounter, now: datetime) -> tuple[events.DayEvent, ...]:
    """Go on after a pause."""
    if on_duty(day, command).pause is None:
        refuse("not_paused", counter=command.counter)
    return (events.CounterResumed(at=now, by=command.by, counter=command.counter),)


def _known(day: Day, counter: int) -> None:
    if counter not in day.hall.counters:
        refuse("counter_unknown", counter=counter)


def _ticket_here(day: Day, command: commands.CounterCommand) -> Ticket:
    on_duty(day, command)
    ticket = day.at_counter(command.counter)
    if ticket is None:
        refuse("no_ticket", counter=command.counter)
    return ticket
