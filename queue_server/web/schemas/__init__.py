"""The shapes of the wire contract: what requests must look like, and what answers do; one module a resource."""

from queue_server.web.schemas.counters import (
    AtCounter,
    CallTicket,
    CounterShape,
    CurrentShape,
    Finished,
    NumberOnly,
    OneCounter,
    PauseFor,
    ReasonIfAny,
    ServeNowFor,
    SignOffFrom,
    SignOnAs,
    TransferTo,
)
from queue_server.web.schemas.devices import (
    AddDevice,
    AskToPair,
    DeviceList,
    DeviceShape,
    PairingShape,
    PairingState,
)
from queue_server.web.schemas.first_run import FirstAccount, FirstAccountShape
from queue_server.web.schemas.halls import BoardShape, ConfirmDate, DateShape, HallCode, Halls, HallShape, QueueShape
from queue_server.web.schemas.printing import Printed, PrintSlip
from queue_server.web.schemas.problem import ProblemShape
from queue_server.web.schemas.ratings import LeaveUnrated, NewRating, RatedShape, UnratedShape
from queue_server.web.schemas.services import GuideShape, NewGuide, Offered, OfferService, Services, ServiceShape
from queue_server.web.schemas.sessions import SessionShape, SignIn
from queue_server.web.schemas.setup import Changes, ChangeShape, NewHall, NewSetup, Setup, TakenIn
from queue_server.web.schemas.staff import AddPerson, ChangePerson, NewPassword, NewPhoto, PersonShape, Staff
from queue_server.web.schemas.statistics import Statistics
from queue_server.web.schemas.tickets import (
    ConfirmPriority,
    EstimateShape,
    LeavePhone,
    LegShape,
    NewTicket,
    PaperTicket,
    Reason,
    TicketShape,
)
from queue_server.web.schemas.values import Nothing
from queue_server.web.schemas.voice import VoiceTest

__all__ = [
    "AddDevice",
    "AddPerson",
    "AskToPair",
    "AtCounter",
    "BoardShape",
    "CallTicket",
    "ChangePerson",
    "ChangeShape",
    "Changes",
    "ConfirmDate",
    "ConfirmPriority",
    "CounterShape",
    "CurrentShape",
    "DateShape",
    "DeviceList",
    "DeviceShape",
    "EstimateShape",
    "Finished",
    "FirstAccount",
    "FirstAccountShape",
    "GuideShape",
    "HallCode",
    "HallShape",
    "Halls",
    "LeavePhone",
    "LeaveUnrated",
    "LegShape",
    "NewGuide",
    "NewHall",
    "NewPassword",
    "NewPhoto",
    "NewRating",
    "NewSetup",
    "NewTicket",
    "Nothing",
    "NumberOnly",
    "OfferService",
    "Offered",
    "OneCounter",
    "PairingShape",
    "PairingState",
    "PaperTicket",
    "PauseFor",
    "PersonShape",
    "PrintSlip",
    "Printed",
    "ProblemShape",
    "QueueShape",
    "RatedShape",
    "Reason",
    "ReasonIfAny",
    "ServeNowFor",
    "ServiceShape",
    "Services",
    "SessionShape",
    "Setup",
    "SignIn",
    "SignOffFrom",
    "SignOnAs",
    "Staff",
    "Statistics",
    "TakenIn",
    "TicketShape",
    "TransferTo",
    "UnratedShape",
    "VoiceTest",
]
