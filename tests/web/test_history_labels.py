"""What the rows of statistics stand for, in words."""

from typing import Any

import pytest

from queue_server.web.history_labels import label_of
from tests.web.untranslated import _


@pytest.mark.parametrize(
    ("by", "row", "label"),
    [
        ("hour", {"key": 9}, "9:00–10:00"),
        ("weekday", {"key": "sun"}, "周日"),
        ("day", {"key": "2026-06-10"}, "2026-06-10 周三"),
        ("counter", {"key": 3, "name": "即办"}, "3 号窗口 即办"),
        ("service", {"key": 12, "name": "参保"}, "12 参保"),
        ("service", {}, "只选了队列"),
        ("weekday_hour", {"key": "fri 09"}, "周五 9:00"),
        ("day_post", {"key": "2026-06-10 a", "name": "综合岗"}, "综合岗 2026-06-10"),
        ("day_post", {}, "不属于岗位的窗口"),
        ("minutes", {"key": "10-15"}, "10–15 分钟"),
        ("minutes", {"key": "75-"}, "75 分钟以上"),
        ("capacity", {"key": "relief"}, "顶岗"),
        ("month", {"key": "2026-06"}, "2026-06"),
        ("post", {"key": "p", "name": "一号岗"}, "一号岗"),
        ("post", {}, "不属于岗位的窗口"),
        ("clerk", {"key": "u_1", "name": "王芳"}, "王芳"),
        ("clerk", {"key": "u_1"}, "已注销的账号"),  # an account's id says nothing to anybody
    ],
)
def test_what_a_row_is_called(by: Any, row: dict[str, Any], label: str) -> None:
    """In words, never by an inner name."""
    assert label_of(by, row, _) == label
