"""Settings: what holds unless said otherwise, who wins, and what stops the start."""

import re
from pathlib import Path

import msgspec
import pytest

from queue_server.settings import PREFIX, BadSettings, Settings, from_environment


def test_defaults_serve_this_machine_alone() -> None:
    """Without a word the server listens on this machine only, in a folder of its own."""
    settings = from_environment({})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.folder) == ("127.0.0.1", 8000, Path("var/data"))
    assert settings.public_url is None
    assert not settings.secure_cookie
    assert settings.proxies == []


def test_every_setting_may_stand_in_the_environment() -> None:
    """Text becomes what the setting is."""
    given = {
        "data": "/srv/hall", "host": "::", "port": "80", "public_url": "https://hall.example", "secure_cookie": "true",
        "public_sockets": "100", "trusted_proxies": "10.0.0.1, fd00::/64", "session_hours": "8",
        "session_idle_minutes": "30", "idle_hall_minutes": "5", "log_format": "json", "reason_days": "30",
        "exception_days": "400", "comment_days": "100", "complaint_days": "300", "phone_days": "1", "look_days": "400",
        "phone_tickets": "200", "phone_tickets_waiting": "50", "phrases": "/srv/phrases", "sherpa": "/srv/vits-zh",
        "store": "redis://redis:6379", "store_patience_s": "5", "store_replicas": "1", "store_fsync": "true",
        "archive": "/mnt/archive",
    }  # fmt: skip
    assert given.keys() == set(Settings.__struct_fields__)
    settings = from_environment({PREFIX + name.upper(): value for name, value in given.items()} | {"PATH": "/bin"})
    assert msgspec.structs.asdict(settings) == {
        **given, "port": 80, "public_sockets": 100, "secure_cookie": True, "session_hours": 8,
        "session_idle_minutes": 30, "idle_hall_minutes": 5, "reason_days": 30, "exception_days": 400,
        "comment_days": 100, "store_patience_s": 5, "store_replicas": 1, "store_fsync": True,
        "complaint_days": 300, "phone_days": 1, "look_days": 400, "phone_tickets": 200, "phone_tickets_waiting": 50,
    }  # fmt: skip


def test_trusted_proxies_one_by_one() -> None:
    """Addresses and networks, with or without blanks between."""
    assert Settings(trusted_proxies="127.0.0.1").proxies == ["127.0.0.1"]
    assert Settings(trusted_proxies="10.0.0.1, fd00::/64").proxies == ["10.0.0.1", "fd00::/64"]


def test_the_command_line_wins() -> None:
    """What was given counts; None means that nothing was."""
    settings = from_environment({"JIAOHAO_PORT": "81", "JIAOHAO_HOST": "0.0.0.0"}, port=82, host=None)
    assert (settings.port, settings.host) == (82, "0.0.0.0")


def test_our_other_programs_variables_are_none_of_the_servers() -> None:
    """The announcer and the counter client may be started from the same environment."""
    programs = Path(__file__).parents[1]
    sources = [*(programs / "display").glob("*.py"), *(programs / "counter_client").glob("*.py")]
    named = {name for source in sources for name in re.findall(rf"{PREFIX}[A-Z]+", source.read_text("utf-8"))}
    assert {"JIAOHAO_TOKEN", "JIAOHAO_PASSWORD"} <= named
    shared = {"JIAOHAO_PHRASES"}  # both speak, and by the same words
    assert shared <= named
    assert from_environment(dict.fromkeys(named - shared, "x")) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIAOHAO_PORT", "high"),
        ("JIAOHAO_PORT", "65536"),
        ("JIAOHAO_PORT", "-1"),
        ("JIAOHAO_SECURE_COOKIE", "perhaps"),
        ("JIAOHAO_SESSION_HOURS", "25"),
        ("JIAOHAO_SESSION_IDLE_MINUTES", "4"),
        ("JIAOHAO_IDLE_HALL_MINUTES", "0"),
        ("JIAOHAO_PUBLIC_SOCKETS", "0"),
        ("JIAOHAO_REASON_DAYS", "0"),
        ("JIAOHAO_EXCEPTION_DAYS", "-1"),
        ("JIAOHAO_COMMENT_DAYS", "for ever"),
        ("JIAOHAO_PHONE_DAYS", "100000"),
        ("JIAOHAO_LOOK_DAYS", "365"),
        ("JIAOHAO_LOG_FORMAT", "xml"),
        ("JIAOHAO_TRUSTED_PROXIES", "proxy.example"),
        ("JIAOHAO_TRUSTED_PROXIES", "*"),
        ("JIAOHAO_TRUSTED_PROXIES", "10.0.0.1/24"),
        ("JIAOHAO_TRUSTED_PROXIES", "10.0.0.1,"),
        ("JIAOHAO_PROT", "8000"),
        ("JIAOHAO_", "8000"),
    ],
)
def test_a_bad_value_or_name_stops_the_start_and_is_named(name: str, value: str) -> None:
    """Nobody has to guess which variable it was."""
    with pytest.raises(BadSettings, match=rf"\({name}\)"):
        from_environment({name: value})


def test_settings_cannot_change() -> None:
    """What was checked at the start holds to the end."""
    with pytest.raises(AttributeError):
        Settings().port = 1  # type: ignore[misc]
