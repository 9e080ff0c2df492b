"""A day on which everything is said that people write or tell, by everybody who may, while somebody listens to all."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import websockets

from queue_server.domain.post import Post
from queue_server.domain.webhook import Webhook
from queue_server.records.accounts import Account
from queue_server.records.notes import NoteKind
from tests.web.pages.conftest import TOWN
from tests.web.rig import Api, Town
from tests.webhooks.receiver import Receiver

__all__ = ["OF_STAFF", "SAID", "BusyDay"]

HALL = "/halls/town"
ONE, TWO, TICKETS = f"{HALL}/counters/1", f"{HALL}/counters/2", f"{HALL}/tickets"

SAID: Mapping[NoteKind, str] = {
    "phone": "13586420917",
    "urgent_reason": "突发疾病需要先办，身份证 410302195003157716",
    "call_reason": "赶火车的老人家刘福贵",
    "hold_reason": "回家取离婚证明",
    "transfer_reason": "本窗口不办低保复核，证号 410302198807214422",
    "pause_reason": "家里孩子发烧要接电话",
    "rating_comment": "张大姐态度不好，我是陈玉兰",
    "rating_phone": "13911112222",
    "rectification_note": "已向陈玉兰致歉，补发低保材料清单",
    "absence_reason": "带孩子看病，市妇幼保健院",
    "handover_note": "吴学文的残疾证还差一张照片",
    "complaint_text": "跑了三趟，我叫李建国，身份证 410302197001011234",
    "complaint_name": "李建国",
    "complaint_phone": "13733334444",
    "complaint_note": "已电话告知李建国要到县里核实",
    "complaint_reply": "李建国同志：材料清单有误，已更正",
}
"""What is written in each field, by the kind of note that it becomes."""

OF_STAFF = {
    "text": "窗口的王芳收了我家的烟，我是赵铁柱",
    "name": "赵铁柱",
    "phone": "13655556666",
    "note": "约谈了王芳，与赵铁柱的说法一致",
    "reply": "赵铁柱同志：反映属实，已作处理",
}
"""Of a complaint about a clerk, which discipline alone may see."""


class BusyDay:
    """The day, and what was heard of it.

    people: who works there, by a short name; callers: the same, and the devices. known: what stands in addresses by the
    name that it has there. secrets: what only its holder has: tokens, and addresses that open what is his. frames: all
    that came on each topic, by "topic of whom". messages: what the hall's webhook was told.
    """

    def __init__(self, town: Town, receiver: Receiver) -> None:
        self.town = town
        self.messages: list[dict[str, Any]] = []
        self._receiver = receiver
        self.people: dict[str, Account] = {}
        self.callers: dict[str, Api] = {"public": town.public}
        self.known: dict[str, str] = {"hall": "town", "counter": "1", "service": "1"}
        self.secrets: list[str] = []
        self.frames: dict[str, list[str]] = {}
        self.about_staff = ""
        self._listening: list[asyncio.Task[None]] = []

    async def run(self) -> "BusyDay":
        """From the first ticket to the last answer."""
        await self._open()
        await self._listen()
        await self._serve()
        await self._rate()
        await self._stand_in()
        await self._complain()
        await self._heard_it_all()
        return self

    async def _open(self) -> None:
        """Two clerks who stand in for each other, a third who has nothing to do with it, and all the others."""
        town, site = self.town, self.town.site
        who = {"wang": "王芳", "li": "李雷", "zhao": "赵敏"}
        self.people = {short: await site.person("clerk", name=name) for short, name in who.items()}
        for role in ("guide", "head", "discipline", "district", "admin"):
            self.people[role] = await site.person(role, name=f"{role}同志")
        wang, li = self.people["wang"].id, self.people["li"].id
        posts = {
            "one": Post(id="one", name="综合岗", counter=1, a=wang, b=(li,)),
            "two": Post(id="two", name="即办岗", counter=2, a=li, b=(wang,)),
        }
        await site.hall(TOWN, posts=posts, webhook=Webhook(url=self._receiver.url))
        self.callers |= {short: town.api(await site.session(account)) for short, account in self.people.items()}
        self.callers |= {"kiosk": await town.device("kiosk"), "evaluator": await town.device("evaluator", 2)}
        self.secrets += [caller.token for caller in self.callers.values() if caller.token is not None]
        self.secrets.append((await self.callers["head"].post(f"{HALL}/webhook/secret"))["secret"])
        self.known["account"] = wang
        for short, counter in ("wang", ONE), ("li", TWO):
            await self.callers[short].post(f"{counter}/sign-on", {"capacity": "A"})

    async def _serve(self) -> None:
        """Urgent, out of turn, held and transferred; and a pause."""
        wang, li = self.callers["wang"], self.callers["li"]
        kiosk = self.callers["kiosk"]
        asked = {"queue": "comprehensive", "phone": SAID["phone"]}
        urgent, chosen = (await kiosk.post(TICKETS, asked), await kiosk.post(TICKETS, {"queue": "comprehensive"}))
        self.known |= {"ticket": chosen["id"], "track": f"town.{chosen['id']}"}
        self._follow(f"ticket.{chosen['id']}", "public")
        await self.town.public.post(f"{TICKETS}/{chosen['id']}/phone", {"phone": SAID["phone"]})
        await self.callers["head"].post(f"{TICKETS}/{urgent['id']}/urgent", {"reason": SAID["urgent_reason"]})
        await wang.post(f"{ONE}/call", {"number": chosen["number"], "reason": SAID["call_reason"]})
        await wang.post(f"{ONE}/start")
        await wang.post(f"{ONE}/hold", {"reason": SAID["hold_reason"]})
        await wang.post(f"{ONE}/resume-ticket", {"number": chosen["number"]})
        await wang.post(f"{ONE}/transfer", {"queue": "express", "reason": SAID["transfer_reason"]})
        await li.post(f"{TWO}/next")
        await li.post(f"{TWO}/start")
        await li.post(f"{TWO}/finish")
        await self.callers["evaluator"].post(f"{HALL}/ratings", {"counter": 2, "level": "very_satisfied"})
        await li.post(f"{TWO}/pause", {"reason": SAID["pause_reason"]})

    async def _rate(self) -> None:
        """A bad rating of one of Wang's services, put right, reviewed, called back about, rated once more."""
        wang, head, discipline = (self.callers[who] for who in ("wang", "head", "discipline"))
        served = (await wang.post(f"{ONE}/serve-now", {"service": 1}))["ticket"]["id"]
        await wang.post(f"{ONE}/finish")
        bad = {"level": "dissatisfied", "comment": SAID["rating_comment"], "phone": SAID["rating_phone"]}
        rated = await self.town.public.post(f"{HALL}/ratings", {"ticket": served, "leg": 1, **bad})
        await (await self.town.site.server.hall("town")).settle()
        (one,) = (await head.get(f"{HALL}/rectifications"))["rectifications"]
        self.known["rectification"] = one["id"]
        self.secrets.append(rated["follow_up"])
        path, note = f"{HALL}/rectifications/{one['id']}", {"note": SAID["rectification_note"]}
        await head.post(f"{path}/note", note)
        until = date.fromisoformat(one["due_on"]) + timedelta(days=7)
        await head.post(f"{path}/review", {"what": "extension", "until": str(until), **note})
        await discipline.post(f"{path}/decision", {"granted": True, **note})
        await head.post(f"{path}/finish", note)
        await head.post(f"{path}/call-back", {"reached": True, "satisfied": True, **note})
        follow_up = rated["follow_up"].replace("/follow-up/town/", f"{HALL}/follow-ups/")
        again = {"level": "satisfied", "comment": SAID["rating_comment"]}
        await self.town.public.post(follow_up, again)

    async def _stand_in(self) -> None:
        """An absence with its reason, a deputy, a handover."""
        wang, li, head = (self.callers[who] for who in ("wang", "li", "head"))
        day = (await self.town.public.get(f"{HALL}/board"))["state"]["business_day"]
        tomorrow = str(date.fromisoformat(day) + timedelta(days=1))
        halves = {"first": {"day": tomorrow, "half": "morning"}, "last": {"day": tomorrow, "half": "afternoon"}}
        reported = {**halves, "kind": "personal", "reason": SAID["absence_reason"]}
        absence = await wang.post(f"{HALL}/absences", reported)
        deputy = {"post": "one", "deputy": self.people["li"].id}
        await head.post(f"{HALL}/absences/{absence['id']}/deputy", deputy)
        given = {"post": "one", "taker": self.people["li"].id, "note": SAID["handover_note"]}
        handover = await wang.post(f"{HALL}/handovers", given)
        await li.post(f"{HALL}/handovers/{handover['id']}/take")
        self.known |= {"absence": absence["id"], "handover": handover["id"]}

    async def _complain(self) -> None:
        """One about the service, online, answered by the head; one about Wang, told to the guide, for discipline."""
        head, discipline = self.callers["head"], self.callers["discipline"]
        words = {"text": SAID["complaint_text"], "name": SAID["complaint_name"], "phone": SAID["complaint_phone"]}
        taken = await self.town.public.post(f"{HALL}/complain", {"about": "service", **words})
        self.secrets.append(taken["code"])
        (one,) = (await head.get(f"{HALL}/complaints"))["complaints"]
        self.known["complaint"] = one["id"]
        path = f"{HALL}/complaints/{one['id']}"
        until = str(date.fromisoformat(taken["last_day"]) + timedelta(days=3))
        await head.post(f"{path}/extend", {"until": until, "reason": SAID["complaint_note"], "told": True})
        await head.post(f"{path}/reclassify", {"severity": "major", "about": "service"})
        await head.post(f"{path}/reply", {"text": SAID["complaint_reply"], "written": True})
        told = {key: OF_STAFF[key] for key in ("text", "name", "phone")}
        about = {"channel": "phone", "about": "staff", "subject": self.people["wang"].id, "severity": "major"}
        await self.callers["guide"].post(f"{HALL}/complaints", {**about, **told})
        found = (await discipline.get(f"{HALL}/complaints"))["complaints"]
        (self.about_staff,) = (each["id"] for each in found if each["about"] == "staff")
        await discipline.post(f"{HALL}/complaints/{self.about_staff}/notes", {"text": OF_STAFF["note"]})
        await discipline.post(
            f"{HALL}/complaints/{self.about_staff}/reply", {"text": OF_STAFF["reply"], "written": True}
        )

    # Who listens

    async def _listen(self) -> None:
        """Everybody to every topic that is theirs."""
        for topic in ("board", "calls", "counter.1", "counter.2"):
            self._follow(topic, "public")
        for topic, who in ("desk.1", "wang"), ("load", "head"), ("load", "district"), ("guide", "guide"):
            self._follow(topic, who)
        await asyncio.sleep(0)

    def _follow(self, topic: str, who: str) -> None:
        self._listening.append(asyncio.create_task(self._hear(topic, who)))

    async def _hear(self, topic: str, who: str) -> None:
        token, heard = self.callers[who].token, self.frames.setdefault(f"{topic} of {who}", [])
        address = f"{self.town.site.url.replace('http', 'ws')}/api/v1{HALL}/live?topic={topic}"
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with websockets.connect(address, additional_headers=headers, proxy=None) as socket:
            with suppress(websockets.ConnectionClosed):
                while True:
                    heard.append(str(await socket.recv()))

    async def _heard_it_all(self) -> None:
        """Listen until each topic has told that it is at the day's end, and each kind of message has come."""
        seq = (await self.town.public.get(f"{HALL}/board"))["seq"]
        async with asyncio.timeout(30):
            while not {"rating.bad", "complaint.major", "turn.near"} <= {message["type"] for message in self.messages}:
                self.messages.append((await self._receiver.next()).told)
            while not all(_head(heard) >= seq for heard in self.frames.values()):
                assert not any(task.done() for task in self._listening), "a listener was sent away"
                await asyncio.sleep(0.05)
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)


def _head(heard: list[str]) -> int:
    """How far a topic has come."""
    return max((frame.get("head", frame.get("seq", 0)) for frame in map(json.loads, heard)), default=0)
