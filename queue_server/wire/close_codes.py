"""Why a socket was closed, whether to come back, and how to say it to a person."""

from enum import IntEnum

__all__ = ["CloseCode", "comes_back", "meaning"]


class CloseCode(IntEnum):
    """The codes that the server chooses. 4400–4499 come back by themselves, 4500–4599 do not."""

    SLOW = 4408  # the reader fell behind; resume repairs it
    SHUTTING_DOWN = 4413
    TOO_MANY = 4429
    SIGN_IN = 4501  # no token, or one that is no longer good
    NOT_ALLOWED = 4503
    NOT_FOUND = 4504  # no such hall or topic
    NOT_UNDERSTOOD = 4522


_MEANINGS: dict[int, tuple[str, str]] = {
    CloseCode.SLOW: ("网络较慢，正在重新连接", "The network is slow; reconnecting"),
    CloseCode.SHUTTING_DOWN: (
        "服务器正在重启，稍后自动恢复",
        "The server is restarting; this page will recover by itself",
    ),
    CloseCode.TOO_MANY: ("连接较多，稍后自动重试", "Too many connections; trying again shortly"),
    CloseCode.SIGN_IN: ("登录已失效，请重新登录", "Please sign in again"),
    CloseCode.NOT_ALLOWED: ("此账号或设备无权查看本页", "This account or device may not see this page"),
    CloseCode.NOT_FOUND: (
        "没有这个大厅或窗口，请检查地址",
        "There is no such hall or counter; please check the address",
    ),
    CloseCode.NOT_UNDERSTOOD: (
        "服务器不能识别本页的请求，请刷新",
        "The server did not understand this page; please reload it",
    ),
}
_LOST = ("连接中断，正在重新连接", "Connection lost; reconnecting")
_REFUSED = ("服务器不再接受本页的连接，请刷新", "The server no longer accepts this page; please reload it")


def comes_back(code: int) -> bool:
    """Whether a client should connect again after `code`: always, except after 4500–4599."""
    return not 4500 <= code <= 4599


def meaning(code: int, language: str = "zh") -> str:
    """What `code` means, in words for whoever stands before the screen; `language` is zh or en."""
    zh, en = _MEANINGS.get(code, _LOST if comes_back(code) else _REFUSED)
    return zh if language.startswith("zh") else en
