"""Refusals as people and programs read them: RFC 9457 problems with a stable code, in Chinese and English."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from queue_server.domain.fault import SENTENCES, Fault
from queue_server.domain.refusals import CODES, Refusal, Retry

__all__ = ["PROBLEMS", "Problem", "ProblemError", "problem_of", "status_of"]

TYPE = "https://jiaohao.invalid/problems/"
"""Names a kind of problem; nothing is fetched from it."""


class _Text(NamedTuple):
    status: int
    zh: str
    en: str


PROBLEMS: dict[str, _Text] = {
    # Of the request
    "not_found": _Text(404, "没有这个地址，请检查网址", "There is nothing at this address."),
    "hall_unknown": _Text(404, "没有这个大厅", "There is no such hall."),
    "method_not_allowed": _Text(405, "此地址不支持这种请求", "This address does not take that method."),
    "not_json": _Text(400, "请求内容不是有效的 JSON", "The body is not JSON."),
    "wrong_shape": _Text(422, "请求内容不完整或格式不对", "The body has the wrong shape."),
    "query_invalid": _Text(422, "查询条件不正确", "A query parameter is missing or wrong."),
    "too_large": _Text(413, "请求内容太大", "The body is larger than 64 KiB, or a file than 2 MiB."),
    "key_missing": _Text(400, "缺少 Idempotency-Key", "The header Idempotency-Key is missing."),
    "key_invalid": _Text(400, "Idempotency-Key 不正确", "Idempotency-Key takes 1 to 128 visible ASCII characters."),
    "key_reused": _Text(422, "同一个 Idempotency-Key 已用于别的请求", "This key came with another request before."),
    "token_missing": _Text(401, "请先登录", "Sign in, or send a device's token."),
    "token_invalid": _Text(401, "登录已失效，请重新登录", "The token is unknown, expired or revoked."),
    "wrong_credentials": _Text(401, "用户名或密码不正确", "The user or the password is wrong."),
    "not_allowed": _Text(403, "您没有办理此项操作的权限", "Your role does not allow this."),
    "cross_site": _Text(403, "请求来自其他网站，已拒绝", "The request came from another site."),
    "code_wrong": _Text(403, "取号码已过期，请重新扫描大厅二维码", "The hall's code has expired: scan it again."),
    "too_many": _Text(429, "操作太频繁，请稍候再试", "Too many attempts: wait a little."),
    "too_many_waiting": _Text(
        409, "用手机取的号等候较多，请到取号机取号", "Many tickets taken by phone are waiting: take one at the kiosk."
    ),
    "store_unavailable": _Text(503, "系统暂时不能保存，请稍候重试", "Nothing can be stored just now: try again."),
    "stopping": _Text(503, "系统正在重启，请稍候重试", "The server is restarting: try again."),
    "internal": _Text(500, "系统出现故障，已记录，请稍候重试", "Something broke and was recorded: try again."),
    # Of the hall's state
    "day_doubtful": _Text(409, "系统日期跳变，请负责人先确认日期", "The date leapt: the head must confirm it first."),
    "day_not_over": _Text(409, "本业务日尚未结束", "The business day is not over."),
    "day_closed": _Text(409, "今日业务已结束", "The hall has closed for today."),
    "ticketing_closed": _Text(409, "现在不是取号时间", "Tickets are not issued at this time."),
    "quota_reached": _Text(409, "本时段号已取完", "No tickets are left for this half-day."),
    "service_not_offered": _Text(409, "本大厅暂不办理此事项", "This hall does not offer that service."),
    "queue_unknown": _Text(422, "没有这个业务队列", "There is no such queue."),
    "counter_unknown": _Text(404, "没有这个窗口", "There is no such counter."),
    "screen_unknown": _Text(404, "没有这块大屏，请检查网址中的 screen", "There is no such screen: check the address."),
    "ticket_unknown": _Text(404, "没有这张号票", "There is no such ticket."),
    "number_unknown": _Text(409, "今天没有这个号", "No ticket has that number today."),
    "number_invalid": _Text(422, "号码与该队列不符", "That is no number of this queue."),
    "number_taken": _Text(409, "这个号今天已使用", "That number is in use today."),
    "issued_at_invalid": _Text(
        422, "取号时间须在今天且不晚于现在", "The time of issue must be today and not later than now."
    ),
    "post_unknown": _Text(422, "没有这个岗位", "There is no such post."),
    "ticket_open": _Text(409, "窗口还有未办结的号，请先处理", "The counter still has a ticket: settle it first."),
    "no_ticket": _Text(409, "窗口当前没有号", "The counter has no ticket."),
    "not_on_duty": _Text(409, "您不在本窗口当班，请先签到", "You are not on duty at this counter: sign on first."),
    "already_on_duty": _Text(409, "您已在本窗口当班", "You are on duty here already."),
    "counter_taken": _Text(409, "本窗口已有人当班", "Somebody else is on duty at this counter."),
    "on_duty_elsewhere": _Text(
        409, "您已在其他窗口当班，请先签退", "You are on duty at another counter: sign off there."
    ),
    "not_post_holder": _Text(409, "您不是该岗位的 A 岗或 B 岗人员", "You do not hold that post in that capacity."),
    "back_at_past": _Text(422, "预计返回时间已过", "The expected return is in the past."),
    "not_covered": _Text(409, "本窗口没有代管该岗位", "This counter does not cover that post."),
    "post_elsewhere": _Text(409, "该岗位在其他窗口", "That post belongs to another counter."),
    "counter_paused": _Text(409, "窗口已暂停，请先恢复服务", "The counter is paused: resume it first."),
    "not_paused": _Text(409, "窗口没有暂停", "The counter is not paused."),
    "queue_in_use": _Text(409, "该队列还有未办结的号", "Tickets of that queue are still open."),
    "queue_not_served": _Text(409, "本窗口不办理该队列业务", "This counter does not serve that queue."),
    "same_queue": _Text(409, "号票已在该队列", "The ticket is in that queue already."),
    "not_waiting": _Text(409, "该号不在等候中", "The ticket is not waiting."),
    "not_called": _Text(409, "该号不在呼叫状态", "The ticket is not called."),
    "not_serving": _Text(409, "该号尚未开始办理", "The ticket is not being served."),
    "not_held": _Text(409, "该号没有挂起", "The ticket is not held."),
    "not_absent": _Text(409, "该号没有过号", "The ticket was not missed."),
    "not_lapsed": _Text(409, "上一工作日没有这个作废的号", "No ticket of that number lapsed on the last business day."),
    "lapsed_used": _Text(409, "这个作废的号已经优先取过号", "That lapsed ticket was made good already."),
    "ticket_closed": _Text(409, "该号已结束", "The ticket is closed."),
    "already_urgent": _Text(409, "该号已列为特别紧急", "The ticket is urgent already."),
    "recall_limit": _Text(
        409, "重呼次数已用完，请处理过号或开始办理", "No recalls are left: start it or mark a no-show."
    ),
    "not_finished": _Text(409, "服务尚未办结，暂不能评价", "The service is not finished, so it cannot be rated."),
    "already_rated": _Text(409, "本次服务已评价，感谢您", "This service was rated already. Thank you."),
    "already_unrated": _Text(409, "本次服务已记为未评价", "It was noted already that this service was not rated."),
    "phone_unknown": _Text(404, "没有留下号码，或已过期", "No number was left, or it is kept no longer."),
    "loss_unknown": _Text(404, "没有这次记录丢失", "There is no such loss of records."),
    "rectification_unknown": _Text(404, "没有这项整改", "There is no such rectification."),
    "rectification_closed": _Text(409, "这项整改已经结束", "That rectification is over."),
    "already_under_way": _Text(409, "这项整改已经开始", "Somebody works on it already."),
    "review_pending": _Text(409, "正在等待审核，请先等审核结果", "A review was asked for: wait for the decision."),
    "no_review": _Text(409, "这项整改没有待审核的申请", "No review was asked for, or it is decided."),
    "own_review": _Text(409, "自己提出的申请要由他人审核", "Nobody decides what they asked for themselves."),
    "until_invalid": _Text(
        422, "延期须晚于原期限，最多一年", "More time ends after the present limit, a year later at most."
    ),
    "rectification_overdue": _Text(
        409, "已过整改期限，不能再申请延期", "It is overdue: no more time can be asked for."
    ),
    "not_rectified": _Text(409, "整改还没有完成", "That can be said once it is put right."),
    "already_followed_up": _Text(409, "已经追评过，感谢您", "It was rated a second time already. Thank you."),
    "reason_unknown": _Text(422, "评价原因与所选等级不符", "That reason does not belong to the level."),
    # Of the posts
    "absence_unknown": _Text(404, "没有这次请假", "There is no such absence."),
    "absence_backwards": _Text(422, "结束时间早于开始时间", "It ends before it begins."),
    "absence_over": _Text(409, "这段时间已经过去", "That time is over."),
    "absence_too_long": _Text(422, "时间太长或太远，最多一年", "That is too long or too far ahead: a year at most."),
    "absence_overlaps": _Text(409, "这段时间已经请过假", "An absence is reported for that time already."),
    "not_in_absence": _Text(422, "这段时间不在请假期间", "That time is not within the absence."),
    "post_not_left": _Text(409, "请假的人这段时间不在该岗位当班", "The absent clerk does not hold that post then."),
    "deputy_absent": _Text(409, "此人这段时间也请假，请换一个人", "That deputy is absent then too: choose another."),
    "handover_unknown": _Text(404, "没有这次交接，可能已重新办理", "There is no such handover, or a newer one."),
    "handover_to_self": _Text(422, "不能交接给自己", "A post cannot be handed over to oneself."),
    "not_taker": _Text(409, "这次交接不是交给您的", "This handover is not to you."),
    "reminders_off": _Text(409, "本大厅没有开通短信提醒，请留意叫号", "No messages are sent here: watch the screens."),
    "complaint_unknown": _Text(404, "没有这件诉求", "There is no such complaint."),
    "complaint_closed": _Text(409, "这件诉求已经答复或撤回", "The complaint was answered or withdrawn."),
    "complaint_overdue": _Text(
        409, "已经超过期限，不能再延期，请尽快答复", "It is overdue and cannot be extended: answer it."
    ),
    "deadline_invalid": _Text(
        422,
        "新期限须晚于现在的期限，并在一年以内",
        "The new limit must be later than the present one, within a year.",
    ),
    "complainant_not_told": _Text(
        422, "请先把延期的原因告诉诉求人", "Tell the complainant first why more time is needed."
    ),
    "reply_must_be_written": _Text(
        422, "书面诉求和重大诉求须书面答复", "A written or major complaint is answered in writing."
    ),
    "not_on_the_spot": _Text(
        422,
        "书面、复杂、重大或反映工作人员的诉求不能当场答复",
        "Written, complex or major ones, and those about staff, are not answered on the spot.",
    ),
    "hall_changed": _Text(409, "设置刚被他人修改，请重试", "Somebody else has just changed the set-up: try again."),
    "service_unknown": _Text(422, "目录中没有这个事项", "The catalogue has no such service."),
    "name_needed": _Text(422, "原件缺损的事项，请填写核实后的名称", "A damaged entry needs the name that you found."),
    "hall_exists": _Text(409, "已有同名编号的大厅", "There is a hall of that id already."),
    "account_unknown": _Text(404, "没有这个账号", "There is no such account."),
    "account_shared": _Text(
        403, "这个人也在别的大厅工作，请管理员来改", "This person works in another hall too: ask an administrator."
    ),
    "own_account": _Text(409, "不能停用自己或更改自己的角色", "You cannot disable yourself or change your own role."),
    "user_taken": _Text(409, "该登录名已有人使用，请换一个", "That login name belongs to somebody: choose another."),
    "bad_user": _Text(422, "登录名不能为空、不能有空格，最多 64 个字", "A login name has 1-64 characters, no blanks."),
    "weak_password": _Text(
        422, "密码太简单：至少 8 位，不要用登录名或连续字符", "Too weak: 8 characters at least, no login name, no runs."
    ),
    "photo_unknown": _Text(404, "这里没有照片", "There is no photo here."),
    "photo_wrong": _Text(
        422, "这不是完整的照片，请换一张（JPEG、PNG、WebP）", "That is no whole JPEG, PNG or WebP: choose another."
    ),
    "photo_size": _Text(
        422,
        "照片太小或太大：每边至少 120 点，不超过 400 万点",
        "A photo has 120 px a side or more, 4 megapixels or less.",
    ),
    "device_unknown": _Text(404, "没有这台设备", "There is no such device."),
    "pairing_unknown": _Text(404, "没有设备显示这个配对码，或已过期", "No device shows that code, or it has expired."),
    "already_set_up": _Text(409, "系统已有管理员，请直接登录", "There is an account already: sign in."),
    "first_code_wrong": _Text(403, "启动码不正确，请看服务器窗口", "That is not the code that the server printed."),
    "webhook_unset": _Text(409, "还没有设置推送地址，请先保存地址", "No address is set up to send to: save one first."),
    "webhook_unsigned": _Text(409, "还没有签名密钥，请先生成", "There is no secret to sign with yet: make one first."),
    # Of a printer
    "no_printer": _Text(
        409, "没有可用的打印机，请用浏览器打印", "No printer is set up for this: print by the browser."
    ),
    "printer_unknown": _Text(404, "没有这台打印机", "There is no such printer."),
    "printer_unreachable": _Text(
        503, "连接不上打印机，请检查电源和连线", "The printer cannot be reached: check its power and cable."
    ),
    "printer_out_of_paper": _Text(
        503, "打印机缺纸，请工作人员换纸", "The printer is out of paper: please ask the staff."
    ),
    "printer_cover_open": _Text(
        503, "打印机盖未合上，请合上后再试", "The printer's cover is open: close it and try again."
    ),
    "printer_no_font": _Text(503, "服务器没有中文字体，不能以图像打印", "The server has no Chinese font to draw with."),
    "printer_failed": _Text(
        503, "打印中断，请检查打印机后再试", "Printing broke off: look at the printer and try again."
    ),
    "file_wrong": _Text(422, "文件有误，什么也没有改", "The file is not right: nothing was changed."),
    "file_outdated": _Text(
        409, "文件下载以后，设置又改过了，请先看改了什么", "The set-up was changed after this file was taken from it."
    ),
    "hall_invalid": _Text(422, "大厅设置不完整或有误", "The hall's set-up is not sound."),
}
"""Every code that this server answers: status, title in Chinese, title in English."""

RETRY: dict[str, Retry] = {"store_unavailable": "same_key", "stopping": "same_key", "internal": "same_key",
                           "too_many": "same_key", "too_many_waiting": "new_key",
                           "printer_unreachable": "new_key",
                           "printer_out_of_paper": "new_key", "printer_cover_open": "new_key",
                           "printer_no_font": "new_key", "printer_failed": "new_key"}  # fmt: skip
"""What retrying helps for the codes that are not the domain's; the others are never."""


class Problem(NamedTuple):
    """One refusal, ready to be written in either language. fields: extra members for JSON, no citizen's data."""

    code: str
    detail: str | None = None
    fields: Mapping[str, Any] = {}

    @property
    def status(self) -> int:
        """HTTP status."""
        return PROBLEMS[self.code].status

    def body(self, english: bool) -> bytes:
        """The problem document."""
        text = PROBLEMS[self.code]
        title = text.en if english else text.zh
        document: dict[str, Any] = {
            **self.fields,
            "type": TYPE + self.code,
            "title": title,
            "status": text.status,
            "code": self.code,
            "retry": CODES.get(self.code) or RETRY.get(self.code, "never"),
            "detail": self.detail or self._fault(english) or title,
        }
        return msgspec.json.encode(document)

    def _fault(self, english: bool) -> str | None:
        """What is wrong with a set-up, where that is what was refused."""
        fault = self.fields.get("fault")
        return None if fault not in SENTENCES else Fault("", str(fault), self.fields).said(english)


class ProblemError(Exception):
    """How a handler leaves with a problem."""

    def __init__(self, code: str, detail: str | None = None, /, **fields: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, detail, fields)


def problem_of(refusal: Refusal) -> ProblemError:
    """A refusal of the domain as a problem."""
    return ProblemError(refusal.code, None, **refusal.fields)


def status_of(code: str) -> int:
    """HTTP status of a code."""
    return PROBLEMS[code].status
