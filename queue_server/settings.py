"""The server's settings: typed, checked once at start, never changed after."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

__all__ = ["BadSettings", "Settings", "from_environment"]

PREFIX = "JIAOHAO_"
OTHERS = frozenset({"JIAOHAO_PASSWORD", "JIAOHAO_TOKEN"})
"""Variables of our other programs, which may stand in the same environment."""


class BadSettings(Exception):
    """A setting that is unknown, or whose value is not of its kind; the text names it."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting, with its default. As an environment variable each is JIAOHAO_ and its name in capitals."""

    data: str = "var/data"
    """Folder that holds the journal and the records; made when missing, for its owner alone. With `store` it holds only
    what this server keeps for itself: its own voices and phrases, sounds.
    """
    store: Annotated[str, Meta(pattern=r"^(rediss?(\+sentinel)?://.+)?$")] = ""
    """Redis that holds the journal and the records instead, for several servers: `redis://` or `rediss://` (TLS), with
    user and password if it has them, several addresses of a Cluster with commas; `redis+sentinel://…/NAME` for what
    Sentinels watch; none: the data folder.
    """
    store_patience_s: Annotated[float, Meta(ge=0, le=60)] = 10.0
    """How long commands wait for a Redis that went away before they are refused, seconds; then at once, until it is
    back.
    """
    store_replicas: Annotated[int, Meta(ge=0, le=9)] = 0
    """How many replicas must have what was written before anybody is told (`WAIT`)."""
    store_fsync: bool = False
    """Whether it must be on the master's disk, and on those of `store_replicas`, by then (`WAITAOF`, Redis 7.2)."""
    archive: str = ""
    """Folder, the same one for all servers, to which closed days go from the Redis in `store`; none: it keeps them all.
    """
    host: str = "127.0.0.1"
    """Address to listen on. Another than this machine's own is a choice that the operator makes."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8000
    """TCP port; 0 takes any free one."""
    public_url: str | None = None
    """Where phones reach the server, for the QR on slips; None leaves the QR out."""
    phone_tickets: Annotated[int, Meta(ge=1, le=10_000)] = 60
    """How many tickets the phones behind one network address may take in a hall in ten minutes."""
    phone_tickets_waiting: Annotated[int, Meta(ge=1, le=10_000)] = 20
    """How many of these may wait in one queue at a time; more are sent to the kiosk."""
    public_sockets: Annotated[int, Meta(ge=1)] = 20_000
    """How many live sockets of callers without a token may be open; more come back later."""
    trusted_proxies: str = ""
    """Whom to believe for whom they speak (`X-Forwarded-For`): addresses or networks, with commas between; nobody."""
    secure_cookie: bool = False
    """Whether cookies are sent over HTTPS only; true behind a proxy that speaks it."""
    session_hours: Annotated[int, Meta(ge=1, le=24)] = 12
    """How long a sign-in lasts, hours."""
    session_idle_minutes: Annotated[int, Meta(ge=5, le=1440)] = 120
    """How long a sign-in lasts unused, minutes."""
    idle_hall_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    """After how long a hall that nobody asks for is let go from memory, minutes."""
    reason_days: Annotated[int, Meta(ge=1, le=3660)] = 180
    """How long the reasons of transfers, holds and pauses are kept, and what was told at a handover, days."""
    exception_days: Annotated[int, Meta(ge=1, le=3660)] = 366
    """How long the reasons of calls out of turn, of urgencies and of absences are kept, days: a yearly inspection asks
    for them.
    """
    comment_days: Annotated[int, Meta(ge=1, le=3660)] = 366
    """How long the words of ratings, the numbers left with bad ones, and the logs of these are kept, days."""
    complaint_days: Annotated[int, Meta(ge=1, le=3660)] = 2 * 366
    """How long complaints, their complainants' names and numbers, their logs and answers are kept, days."""
    phone_days: Annotated[int, Meta(ge=1, le=3660)] = 2
    """How long a telephone number left with a ticket is kept, days: the visit and the day after."""
    look_days: Annotated[int, Meta(ge=1, le=3660)] = 3 * 366
    """How long it is known who read any of these, days: at least as long as they are kept themselves."""
    phrases: str | None = None
    """Folder with more languages for the calls, a file each, beside those in the data folder's own `phrases`."""
    sherpa: str = ""
    """Neural voices for the speaking screens: `[LANGUAGE=]FOLDER[#SPEAKER]`, sherpa-onnx models, with commas; none."""
    log_format: Annotated[str, Meta(pattern="^(console|json)$")] = "console"
    """"console" for people, "json" for collectors."""

    def __post_init__(self) -> None:
        """Raises BadSettings for what nobody would notice otherwise: a proxy that is no address, which would never be
        recognised, and looks that are forgotten before what was looked at.
        """
        for proxy in self.proxies:
            try:
                ip_network(proxy)
            except ValueError as error:
                raise BadSettings(f"setting trusted_proxies ({PREFIX}TRUSTED_PROXIES): {error}") from error

        for name in ("reason_days", "exception_days", "comment_days", "complaint_days", "phone_days"):
            if (days := getattr(self, name)) > self.look_days:
                raise BadSettings(
                    f"setting look_days ({PREFIX}LOOK_DAYS): {self.look_days} is less than {name}, {days}"
                )

    @property
    def proxies(self) -> list[str]:
        """The trusted proxies one by one."""
        return [proxy.strip() for proxy in self.trusted_proxies.split(",")] if self.trusted_proxies else []

    @property
    def models(self) -> list[str]:
        """The neural voices one by one."""
        return [model.strip() for model in self.sherpa.split(",")] if self.sherpa else []

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data)


def from_environment(environment: Mapping[str, str], **given: object) -> Settings:
    """Settings from the environment and what was given on the command line, which wins; None means not given.

    Raises BadSettings.
    """
    found: dict[str, object] = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name not in OTHERS
    }
    found |= {name: value for name, value in given.items() if value is not None}
    kinds = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    values = {}
    for name, value in found.items():
        if name not in kinds:
            raise BadSettings(f"there is no setting {name} ({PREFIX}{name.upper()})")
        try:
            values[name] = msgspec.convert(value, kinds[name], strict=False)
        except msgspec.ValidationError as error:
            raise BadSettings(f"setting {name} ({PREFIX}{name.upper()}): {error}") from error
    return Settings(**values)
