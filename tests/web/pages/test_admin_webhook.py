"""A hall's administration: where alerts are sent, what signs them, and what became of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from queue_server.domain.webhook import Webhook
from tests.waiting import until
from tests.web.pages.conftest import (
    PHONE,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
    serving,
)
from tests.webhooks.receiver import Receiver, receiving

pytestmark = pytest.mark.browser

COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A running server whom nobody's proxy is in the way of."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with serving(tmp_path / "data") as site:
        yield site


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Somebody who takes messages."""
    async with receiving() as receiver:
        yield receiver


async def test_from_the_first_day_to_a_test_that_arrives(site: Site, open_page: OpenPage, receiver: Receiver) -> None:
    """An address, a secret that is shown once, a test; what stands in the way is told where it is pressed."""
    await site.hall()
    page = await open_page("/admin/town/webhook", who=await site.person("head"))
    await expect(page.get_by_text("还没有发过消息")).to_be_visible()
    await expect(page.get_by_text("还没有密钥")).to_be_visible()
    send = page.get_by_role("button", name="发送测试消息")
    await send.click()
    await expect(page.get_by_text("还没有设置推送地址，请先保存地址")).to_be_visible()

    await page.get_by_label("接收消息的网址").fill("http://sms.example.com/")
    await expect(page.get_by_text("这个网址不是 https")).to_be_visible()
    await page.get_by_label("差评").uncheck()
    await page.get_by_label("报警到哪一级才发送").select_option("橙色和红色")
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_text("已保存。", exact=True)).to_be_visible()
    await expect(page.get_by_text("不请群众留手机号")).to_be_visible()
    hall = (await site.server.hall("town")).books.durable.hall
    assert hall and hall.webhook == Webhook(
        url="http://sms.example.com/", kinds=("alarm", "complaint", "turn_near"), alarms_from="orange"
    )

    await page.get_by_label("接收消息的网址").fill(receiver.url)
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_text("不请群众留手机号")).to_be_hidden()
    await send.click()
    await expect(page.get_by_text("还没有签名密钥，请先生成")).to_be_visible()
    await page.get_by_role("button", name="生成新密钥").click()
    shown = page.locator("#secret code")
    await expect(shown).to_contain_text("whsec_")
    first = await shown.inner_text()
    await expect(page.get_by_text("已有密钥")).to_be_visible()
    await send.dblclick()
    taken = await receiver.next()
    assert taken.is_signed_with(first)
    await expect(page.locator("#try-said")).to_have_text("第 1 次送达。")
    await expect(page.locator("#messages li")).to_have_count(1)
    await expect(page.locator("#messages li")).to_contain_text("这是一条测试消息。")
    await assert_accessible(page)

    await page.get_by_role("button", name="生成新密钥").click()
    await expect(page.get_by_role("dialog", name="更换密钥？")).to_be_visible()
    await assert_accessible(page)
    await page.get_by_role("button", name="不更换").click()
    await page.get_by_role("button", name="生成新密钥").click()
    await page.get_by_role("button", name="更换", exact=True).click()
    await expect(shown).not_to_have_text(first)
    receiver.answers = ["503 Busy"]
    await send.click()
    assert (await receiver.next()).is_signed_with(await shown.inner_text())
    await expect(page.locator("#try-said")).to_contain_text("试过 1 次：对方答复 503，没有接收。")
    await expect(page.locator("#messages li").first).to_contain_text("等待送达")
    await page.reload()
    await expect(page.locator("#messages li")).to_have_count(2)
    await expect(page.locator("#secret")).to_be_hidden()


async def test_many_messages_on_a_phone_and_a_lost_server(site: Site, open_page: OpenPage) -> None:
    """What was given up says why; what is old says of when it is."""
    await site.hall(name="很长的名称" * 6, webhook=Webhook(url="https://127.0.0.1:9/" + "long" * 60))
    head = await site.person("head")
    token = await site.session(head)
    await site.post("/halls/town/webhook/secret", {}, token)
    for _ in range(3):
        await site.post("/halls/town/webhook/test", {}, token)
    await until(lambda: site.server.sender.outcomes["failed"] >= 3)
    page = await open_page("/admin/town/webhook?lang=en", PHONE, who=head)
    await expect(page.locator("#messages li")).to_have_count(3)
    await expect(page.locator("#messages li").first).to_contain_text("no connection, check the address")
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await site.cut()
    await page.evaluate(COME_BACK)
    await expect(page.locator("#list-said")).to_contain_text("This is how things stood at")
    await site.mend()
    await page.evaluate(COME_BACK)
    await expect(page.locator("#list-said")).to_be_hidden()
