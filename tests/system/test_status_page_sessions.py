"""The sessions table of the status page: hostile values, order, search, refresh, closing."""

import json

from support.case import main
from support.status_page import PATHS, TOKEN, StatusPage, StatusPageTest, rows

SCRIPT = "<script>alert(1)</script>"
RANGE = "document.querySelector('[data-control=range]').textContent"


class TheSessionsTable(StatusPageTest):
    async def test_hostile_values_are_text_and_run_nothing(self):
        gateway = await self.start()
        await self.client(f"/{SCRIPT}?x", User_Agent=f"{SCRIPT}<img src=x onerror=alert(2)>")
        page = await StatusPage.open(self, gateway)
        await page.until(f"{PATHS}[0] === '/' + {json.dumps(SCRIPT)}")
        self.assertEqual(
            await page.evaluate(f"{rows('.cell-path .second')}[0]"),
            f"{SCRIPT}<img src=x onerror=alert(2)>",
        )
        inside = "document.querySelectorAll('.sessions :is(script, img)').length"
        self.assertEqual(await page.evaluate(inside), 0)
        self.assert_clean(page)

    async def test_it_is_sorted_searched_and_turned_over(self):
        gateway = await self.start(routes={"/": "echo", "/b": "echo"})
        for number in range(60):
            await self.client(f"/{'b' if number % 3 == 0 else 'a'}/{number}")
        await self.client("/far", X_Forwarded_For="203.0.113.7")
        page = await StatusPage.open(self, gateway)
        await page.until(f"{RANGE} === '1 to 50 of 61 sessions.'")
        self.assertEqual((await page.evaluate(PATHS))[0], "/b/0", "the oldest comes first")
        await page.click("[data-control=next]")
        await page.until(f"{RANGE} === '51 to 61 of 61 sessions.'")
        self.assertEqual((await page.evaluate(PATHS))[-1], "/far")

        await page.click("button[data-sort=age]")
        await page.until(f"{PATHS}[0] === '/far'")
        self.assertEqual(
            await page.evaluate("document.querySelector('th[aria-sort=ascending]').textContent"),
            "Age",
        )
        await page.choose("[data-control=route]", "/b")
        await page.until(f"{RANGE} === '20 sessions.'")
        await page.choose("[data-control=route]", "")
        await page.fill("[data-control=client]", "203.0.113.7")
        await page.until(f"{RANGE} === '1 session.' && {PATHS}[0] === '/far'")
        await page.choose("[data-control=state]", "closing")
        await page.until(f"{RANGE} === 'No session matches.'")
        self.assert_clean(page)

    async def test_a_refresh_takes_neither_focus_nor_scroll(self):
        gateway = await self.start()
        await self.clients([f"/{number}" for number in range(40)])
        page = await StatusPage.open(self, gateway)
        await page.enter_token(TOKEN)
        await page.until("document.body.classList.contains('has-token')")
        await page.until(f"{RANGE} === '40 sessions.'")
        await page.evaluate(
            "window.kept = document.querySelectorAll('.cell-action button')[30]; kept.focus();"
            "window.at = scrollY"
        )
        asked = (
            "performance.getEntriesByType('resource')"
            ".filter((e) => e.name.includes('/connections?')).length"
        )
        before = await page.evaluate(asked)
        await self.client("/one-more")
        await page.until(f"{asked} >= {before} + 2 && {RANGE} === '41 sessions.'")
        self.assertTrue(await page.evaluate("document.activeElement === kept && scrollY === at"))
        self.assertTrue(await page.evaluate("at > 0"))

    async def test_a_session_is_closed_only_with_the_token_and_after_a_confirmation(self):
        gateway = await self.start()
        client = await self.client("/mine")
        page = await StatusPage.open(self, gateway)
        await page.until(f"{PATHS}[0] === '/mine'")
        shown = "document.querySelector('.cell-action').checkVisibility()"
        self.assertFalse(await page.evaluate(shown))

        await page.enter_token("not-the-token")
        await page.until("document.querySelector('#token-dialog .problem').textContent !== ''")
        await page.fill("#token-field", TOKEN)
        await page.browser.press("Enter")
        await page.until(shown)
        await page.click(".cell-action button")
        question = await page.evaluate("document.getElementById('confirm-text').textContent")
        self.assertIn("on /mine", question)
        await page.browser.press("Escape")
        await page.until("!document.getElementById('confirm-dialog').open")
        self.assertEqual((await self.status())["connections"], 1)

        await page.click(".cell-action button")
        await page.click("#confirm-action")
        await client.read_close()
        await page.shows("connections", 0)
        self.assertEqual((await self.status())["closed"]["admin"], 1)
        self.assert_clean(page)


if __name__ == "__main__":
    main()
