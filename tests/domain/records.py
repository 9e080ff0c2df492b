"""One event of every form that is written today, with every field filled: what the golden lines must mean.

Whoever adds an event adds it here, and the lines that the failing test prints to the golden file. What is there already
is never changed: it stands for journals in the field.
"""

from datetime import UTC, date, datetime
from typing import Any

from queue_server.domain import book_events, events
from queue_server.domain.complaint_rules import ComplaintRules
from queue_server.domain.counter import Counter, Duty, Pause
from queue_server.domain.duration import Learned
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Hall, Rules
from queue_server.domain.hours import Hours, Interval, Season
from queue_server.domain.phrases import Phrases
from queue_server.domain.post import Post
from queue_server.domain.printer import Printer
from queue_server.domain.queue import Queue, Quota
from queue_server.domain.rating import Rating
from queue_server.domain.screen import Screen
from queue_server.domain.service import Choices, Guide, ServiceRule
from queue_server.domain.thresholds import Flexible, Levels, Thresholds
from queue_server.domain.ticket import Estimate, Leg, Ticket
from queue_server.domain.voice import Voice, VolumeSpan
from queue_server.domain.webhook import Webhook

__all__ = ["BOOK_RECORDS", "DAY_RECORDS"]

AT = datetime(2026, 6, 1, 1, 2, 3, 456000, tzinfo=UTC)
LATER = datetime(2026, 6, 1, 1, 30, tzinfo=UTC)
BY: dict[str, Any] = {"at": AT, "by": "u_00000000000000aa"}
TICKET = "t0123456789abcdefghijk"
EARLIER = "tzyxwvutsrqponmlkjihgf"
CLERK = "u_0000000000000001"
EPOCH = "00112233445566ff"

LEVELS = Levels(yellow=11, orange=12, red=13)

HALL = Hall(
    id="town",
    name="青山镇便民服务中心",
    name_en="Qingshan Township Service Centre",
    level="township",
    timezone="Asia/Urumqi",
    day_starts="05:00",
    place="青山镇人民路1号",
    phone="0379-12345678",
    queues={
        "express": Queue(
            id="express",
            name="无差别即办",
            name_en="Express",
            kind="express",
            prefix="B",
            target_s=600,
            expected_service_s=300,
            quota=Quota(morning=40, afternoon=30),
        )
    },
    counters={
        3: Counter(
            number=3,
            name="即办窗口",
            name_en="Express counter",
            kind="express",
            queues=("express",),
            helps=("express",),
            area="一楼东厅",
        )
    },
    posts={
        "post-3": Post(
            id="post-3",
            name="即办岗",
            counter=3,
            a=CLERK,
            b=("u_0000000000000002",),
            department="社会事务办",
            roster={"mon_afternoon": "u_0000000000000002", "fri_afternoon": ""},
        )
    },
    services={12: ServiceRule(queue="express", handling="instant")},
    choices=Choices(
        added=frozenset({91}),
        confirmed=frozenset({82}),
        withdrawn=frozenset({7}),
        names={82: "城乡居民养老保险待遇申领"},
        handling={12: "instant"},
        queues={12: "express"},
    ),
    guides={
        12: Guide(
            item_kind="公共服务",
            conditions="年满十六周岁",
            materials=("身份证", "户口簿"),
            steps=("受理", "办结"),
            legal_limit="20 个工作日",
            promised_limit="当场办结",
            result="证明",
            fee="不收费",
            basis="《社会保险法》",
            consult_phone="0379-12345678",
            complaint_phone="12345",
        )
    },
    hours=Hours(
        always=True,
        weekly={"mon": (("08:30", "12:00"), ("14:00", "17:30"))},
        seasons=(Season(first="06-01", last="10-01", weekly={"mon": (("08:00", "24:00"),)}),),
        exceptions={"2026-10-01": ()},
        makeup_like="tue",
    ),
    printers={
        "front": Printer(
            id="front",
            name="门口",
            connection="serial",
            host="printer",
            port=9101,
            device="COM3",
            baud=19200,
            vendor=0x04B8,
            product=0x0E15,
            width_mm=58,
            mode="image",
            language="en",
            kiosks=("d_00000000000000dd",),
        )
    },
    phrases=Phrases(pause=("取材料",), transfer=("不属于本窗口",), hold=("去复印",), call=("急事",)),
    notices=("周五下午停电检修，请提前办理",),
    province_code="https://example.gov.cn/rate?window=3",
    complaint_phone="0379-12345679",
    screens={
        "lobby": Screen(
            id="lobby",
            name="一楼大屏",
            layout="strip",
            theme="dark",
            queues=("express",),
            areas=("一楼东厅",),
            pages=("services", "duty"),
            page_s=20,
            voice=True,
        )
    },
    voice=Voice(
        languages=("zh", "en"),
        repeat=3,
        yao=True,
        volume=70,
        spans=(VolumeSpan(start="12:00", end="14:00", volume=0),),
        templates={"zh": {"call": "请{number}号到{counter}号窗口"}},
    ),
    complaints=ComplaintRules(days="working", general_days=2, complex_days=5),
    alarms=Thresholds(
        wait_percent=LEVELS,
        saturation=LEVELS,
        abandonment_percent=LEVELS,
        idle_min=LEVELS,
        bad_ratings=LEVELS,
        duty_min=LEVELS,
        uncovered_min=LEVELS,
    ),
    flexible=Flexible(open_at=6, close_at=2),
    webhook=Webhook(url="https://example.gov.cn/jiaohao", kinds=("bad_rating", "complaint"), alarms_from="orange"),
    rules=Rules(
        head_start_s={"elderly": 600},
        appointment_head_start_s=300,
        lapsed_head_start_s=600,
        return_places=2,
        absences_until_void=2,
        recalls_max=4,
        call_expires_s=45,
        call_lock_s=3,
        ticketing_before_s=900,
        rating_timeout_s=90,
        phone_ticketing=True,
        device_missing_s=600,
        rectification_days=3,
    ),
)

CARRIED = Ticket(
    id=TICKET,
    number="B007",
    queue="express",
    business_day=date(2026, 5, 31),
    issued_at=AT,
    state="serving",
    effective=AT,
    order=41,
    returned=57,
    returned_at=AT,
    urgent=True,
    service=12,
    priority="elderly",
    priority_confirmed=True,
    appointment=LATER,
    absences=1,
    estimate=Estimate(p50_s=300, p90_s=700),
    phone_ref="n_00000000000000cc",
    instead_of=EARLIER,
    legs=(
        Leg(
            counter=3,
            clerk=CLERK,
            capacity="B",
            queue="express",
            called_at=AT,
            post="post-3",
            recalls=2,
            started_at=AT,
            finished_at=LATER,
            outcome="served",
            services=(12, 14),
        ),
    ),
)

DUTY = Duty(
    clerk=CLERK,
    capacity="relief",
    post="post-3",
    since=AT,
    confirmed=False,
    covers={"post-4": "B"},
    pause=Pause(since=AT, back_at=LATER, reason_ref="n_00000000000000dd"),
    rested_at=AT,
)

RATING = Rating(
    level="dissatisfied",
    at=AT,
    source="phone",
    reasons=("207", "214"),
    reasons_version="2020",
    comment_ref="n_00000000000000ee",
    phone_ref="n_00000000000000cc",
)

OPENING = (Interval(start=AT, end=LATER),)

DAY_RECORDS: tuple[events.DayEvent, ...] = (
    events.DayOpened(
        **BY,
        business_day=date(2026, 6, 1),
        hall=HALL,
        opening=OPENING,
        carried=(CARRIED,),
        duties={3: DUTY},
        ratings={TICKET: {1: RATING}},
        learned={"service:12": Learned(count=31, mean=5.25, variance=0.125)},
        calendar_known=False,
    ),
    events.DayClosed(**BY),
    events.HallChanged(**BY, hall=HALL, opening=OPENING),
    events.TicketIssued(
        **BY,
        ticket=TICKET,
        number="B007",
        queue="express",
        effective=AT,
        service=12,
        priority="pregnant_or_infant",
        appointment=LATER,
        estimate=Estimate(p50_s=300, p90_s=700),
        phone_ref="n_00000000000000cc",
        instead_of=EARLIER,
    ),
    events.PaperEntered(**BY, ticket=TICKET, number="B008", queue="express", issued_at=AT),
    events.NumbersLost(**BY, highest={"A": 14, "B": 7}),
    events.TicketCalled(
        **BY,
        ticket=TICKET,
        counter=3,
        clerk=CLERK,
        capacity="A",
        expires_at=LATER,
        why="chosen",
        post="post-3",
        reason_ref="n_00000000000000ff",
    ),
    events.TicketRecalled(**BY, ticket=TICKET, counter=3, expires_at=LATER),
    events.TicketStarted(**BY, ticket=TICKET),
    events.TicketFinished(**BY, ticket=TICKET, services=(12, 14)),
    events.TicketAbsent(**BY, ticket=TICKET),
    events.TicketVoided(**BY, ticket=TICKET),
    events.TicketReturned(**BY, ticket=TICKET, effective=AT, order=44),
    events.TicketHeld(**BY, ticket=TICKET, reason_ref="n_00000000000000ff"),
    events.TicketResumed(**BY, ticket=TICKET, counter=3, clerk=CLERK, capacity="A", post="post-3"),
    events.TicketTransferred(**BY, ticket=TICKET, queue="express", reason_ref="n_00000000000000ff"),
    events.TicketPrioritised(**BY, ticket=TICKET, priority="military", effective=AT),
    events.TicketMadeUrgent(**BY, ticket=TICKET, reason_ref="n_00000000000000ff"),
    events.TicketCancelled(**BY, ticket=TICKET),
    events.PhoneLeft(**BY, ticket=TICKET, phone_ref="n_00000000000000cc"),
    events.TicketLapsed(**BY, ticket=TICKET),
    events.TicketRated(
        **BY,
        ticket=TICKET,
        leg=2,
        level="very_dissatisfied",
        source="evaluator",
        reasons=("115",),
        reasons_version="2020",
        comment_ref="n_00000000000000ee",
        phone_ref="n_00000000000000cc",
    ),
    events.TicketLeftUnrated(**BY, ticket=TICKET, leg=2, cause="timed_out"),
    events.ClerkSignedOn(**BY, counter=3, clerk=CLERK, capacity="B", post="post-3", confirmed=False),
    events.PostCovered(**BY, counter=3, post="post-4", capacity="B", confirmed=False),
    events.PostUncovered(**BY, counter=3, post="post-4"),
    events.ClerkSignedOff(**BY, counter=3, clerk=CLERK),
    events.CounterPaused(**BY, counter=3, back_at=LATER, reason_ref="n_00000000000000ff"),
    events.CounterResumed(**BY, counter=3),
)

ABSENCE, RECTIFICATION, COMPLAINT = "a_00000000000000a1", "r_00000000000000a1", "c_00000000000000a1"
MORNING, AFTERNOON = (HalfDay(day=date(2026, 6, 2), half=half) for half in ("morning", "afternoon"))
NOTE = "n_00000000000000ff"
DUE = datetime(2026, 6, 2, 16, tzinfo=UTC)

BOOK_RECORDS: tuple[book_events.BookEvent, ...] = (
    book_events.HallConfigured(**BY, hall=HALL),
    book_events.AccountChanged(**BY, account=CLERK, change="password"),
    book_events.DeviceChanged(**BY, device="d_00000000000000dd", change="revoked"),
    book_events.WebhookSecretRenewed(**BY),
    book_events.AbsenceReported(
        **BY, absence=ABSENCE, clerk=CLERK, first=MORNING, last=AFTERNOON, kind="sick", late=True, reason_ref=NOTE
    ),
    book_events.AbsenceWithdrawn(**BY, absence=ABSENCE, last=MORNING),
    book_events.DeputyConfirmed(
        **BY, absence=ABSENCE, post="post-3", deputy="u_0000000000000002", first=MORNING, last=AFTERNOON
    ),
    book_events.DeputyWithdrawn(**BY, absence=ABSENCE, post="post-3", first=MORNING, last=AFTERNOON),
    book_events.HandoverGiven(
        **BY,
        handover="h_00000000000000a1",
        post="post-3",
        giver=CLERK,
        taker="u_0000000000000002",
        direction="out",
        absence=ABSENCE,
        numbers=("B007",),
        note_ref=NOTE,
    ),
    book_events.HandoverTaken(**BY, handover="h_00000000000000a1"),
    book_events.RectificationOpened(
        **BY,
        rectification=RECTIFICATION,
        ticket=TICKET,
        number="B007",
        leg=2,
        business_day=date(2026, 6, 1),
        level="dissatisfied",
        queue="express",
        counter=3,
        clerk=CLERK,
        capacity="B",
        due_on=date(2026, 6, 8),
        post="post-3",
        service=12,
        reasons=("213",),
        reasons_version="2020",
        comment_ref="n_00000000000000ee",
        phone_ref="n_00000000000000cc",
    ),
    book_events.RectificationStarted(**BY, rectification=RECTIFICATION),
    book_events.RectificationNoted(**BY, rectification=RECTIFICATION, note_ref=NOTE),
    book_events.RectificationFinished(**BY, rectification=RECTIFICATION, note_ref=NOTE),
    book_events.RectificationCalledBack(**BY, rectification=RECTIFICATION, reached=True, satisfied=True, note_ref=NOTE),
    book_events.RectificationReviewAsked(
        **BY, rectification=RECTIFICATION, what="extension", note_ref=NOTE, until=date(2026, 6, 12)
    ),
    book_events.RectificationReviewed(**BY, rectification=RECTIFICATION, granted=True, note_ref=NOTE),
    book_events.RectificationFollowedUp(
        **BY,
        rectification=RECTIFICATION,
        level="satisfied",
        source="callback",
        reasons=("413",),
        reasons_version="2020",
        comment_ref="n_00000000000000ee",
    ),
    book_events.ComplaintRegistered(
        **BY,
        complaint=COMPLAINT,
        number="2026-0001",
        channel="counter",
        severity="major",
        about="staff",
        due_at=DUE,
        written=True,
        subject=CLERK,
        counter=3,
        code_hash="0123456789abcdef",
        text_ref=NOTE,
        name_ref="n_00000000000000ab",
        phone_ref="n_00000000000000cc",
    ),
    book_events.ComplaintReclassified(
        **BY, complaint=COMPLAINT, severity="complex", about="staff", due_at=DUE, subject=CLERK
    ),
    book_events.ComplaintExtended(**BY, complaint=COMPLAINT, due_at=DUE, reason_ref=NOTE, told=True),
    book_events.ComplaintNoted(**BY, complaint=COMPLAINT, note_ref=NOTE),
    book_events.ComplaintReplied(**BY, complaint=COMPLAINT, reply_ref=NOTE, written=True),
    book_events.ComplaintWithdrawn(**BY, complaint=COMPLAINT, reason_ref=NOTE),
    book_events.HistoryLost(
        **BY,
        part="day",
        epoch=EPOCH,
        kept=118,
        known=125,
        since=AT,
        until=LATER,
        business_day=date(2026, 6, 1),
        issued={TICKET: "A013", EARLIER: "A014"},
        again=("A013",),
        back=("B007",),
        complaints=("2026-0007",),
    ),
    book_events.LossAcknowledged(**BY, epoch=EPOCH),
)
