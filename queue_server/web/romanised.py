"""Names in letters: what a hall's id, or a login name, could be."""

import re

__all__ = ["romanised"]

ENDINGS = ("便民服务中心", "便民服务站", "政务服务中心", "服务中心", "服务站")
"""What every hall's name ends with, which therefore tells none from another."""

MOST = 32


def romanised(name: str) -> str:
    """The name in pinyin, of a-z and 0-9, at most 32 characters; "" when there is nothing to say it with."""
    from pypinyin import lazy_pinyin  # here because it takes long, and a hall is set up once

    own = next((name[: -len(end)] for end in ENDINGS if name.endswith(end) and name != end), name)
    return re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(own)).lower())[:MOST]
