"""Shapes of …/voice."""

from msgspec import Struct

__all__ = ["VoiceTest"]


class VoiceTest(Struct):
    """A test was sent. announcers, screens: how many that have a token follow the calls now."""

    test: str
    announcers: int
    screens: int
