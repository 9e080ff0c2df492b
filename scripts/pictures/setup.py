"""The first steps on an empty folder."""

from playwright.async_api import expect

from scripts.pictures.studio import FOLDER, TABLET, Studio
from tests.faults.served import served

__all__ = ["pictures"]


async def pictures(studio: Studio) -> None:
    """Every step of the wizard, as somebody fills it in."""
    async with served(studio.folder / "empty") as address:
        context = await studio.browser.new_context(viewport=TABLET, locale="zh-CN", timezone_id="Asia/Shanghai")
        page = await context.new_page()
        await page.goto(address)
        await page.screenshot(path=FOLDER / "setup-administrator.png")
        for name, value in (("admin_name", "赵敏"), ("admin_user", "zhaomin")):
            await page.fill(f"#{name}", value)
        for name in ("password", "again"):
            await page.fill(f"#{name}", "correct-horse-7")
        await page.click("form:visible .button-primary")
        await page.fill("#name", "示范镇便民服务中心")
        await page.press("#name", "Tab")
        await expect(page.locator("#id")).not_to_have_value("")
        for step in ("place", "hours", "windows"):
            await page.wait_for_selector(f'[data-step="{step}"]:visible')
            await page.screenshot(path=FOLDER / f"setup-{step}.png", full_page=True)
            await page.click("form:visible .button-primary")
        await page.fill("#head_name", "钱进")
        await page.fill('[data-of="name"]:visible >> nth=0', "王芳")
        await page.press('[data-of="name"]:visible >> nth=0', "Tab")
        await expect(page.locator('[data-of="user"]:visible').first).not_to_have_value("")
        await page.screenshot(path=FOLDER / "setup-people.png")
        await page.click("form:visible .button-primary")
        for step, there in (("sheet", ".wizard-card"), ("devices", "#addresses tr"), ("done", "#links a")):
            await page.wait_for_selector(f'[data-step="{step}"]:visible {there}')
            await page.screenshot(path=FOLDER / f"setup-{step}.png")
            if step != "done":
                await page.click("form:visible .button-primary")
        await context.close()
