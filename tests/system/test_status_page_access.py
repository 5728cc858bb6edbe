"""The status page for everybody: by keyboard, read aloud, in both themes, on a phone."""

import websockets

from support.case import main
from support.status_page import FOCUS, PATHS, TOKEN, StatusPage, StatusPageTest


class Access(StatusPageTest):
    async def test_texts_have_contrast_and_controls_have_names_in_both_themes_and_on_a_phone(self):
        gateway = await self.start(
            routes={"/": "echo", "/b": "echo"},
            heartbeat="{ interval: 500ms, timeout: 1m }",
            more="proxies:\n  - preset: cloudflare\n  - { name: office proxy, idle: 2s }\n"
            "alignment: warn\n",
        )
        await self.clients([f"/{'path' * 60}", "/b/two"])
        async with websockets.connect(gateway.url) as client:
            await client.send("x")
            await client.recv()
            page = await StatusPage.open(self, gateway)
            await page.until("document.querySelectorAll('.histogram-bar').length > 0")
            await page.until("document.getElementById('rtt-table').tBodies[0].rows.length === 16")
        await page.enter_token(TOKEN)
        await page.until("document.body.classList.contains('has-token')")
        await page.until("document.querySelectorAll('.lane-bad').length > 0")
        await page.until(f"{PATHS}.length === 2")
        await page.evaluate("document.querySelectorAll('details').forEach((e) => (e.open = true))")
        for width in (1280, 768, 360):
            for scheme in ("light", "dark"):
                with self.subTest(width=width, scheme=scheme):
                    await page.browser.look(width, scheme)
                    await page.until(
                        "document.querySelector('#connections-plot svg').getBoundingClientRect().width"
                        " === document.getElementById('connections-plot').clientWidth"
                    )
                    self.assertEqual(await page.texts_without_contrast(), [])
                    self.assertEqual(await page.nameless(), [])
                    self.assertEqual(await page.overflow(), 0)
        headings = await page.evaluate(
            "[...document.querySelectorAll('h1, h2, h3')]"
            ".filter((e) => !e.closest('dialog')).map((e) => Number(e.tagName[1]))"
        )
        self.assertEqual(headings[0], 1)
        self.assertEqual(headings.count(1), 1)
        for above, below in zip(headings, headings[1:]):
            self.assertLessEqual(below - above, 1, headings)
        self.assert_clean(page)

    async def test_the_keyboard_reaches_everything_and_drains_after_a_confirmation(self):
        gateway = await self.start(drain="{ window: 2s }")
        await self.client("/one")
        page = await StatusPage.open(self, gateway)
        await page.enter_token(TOKEN)
        await page.until("document.body.classList.contains('has-token')")
        await page.until(f"{PATHS}[0] === '/one'")

        await page.evaluate("document.activeElement.blur()")
        reached = []
        while "API description" not in reached:
            self.assertLess(len(reached), 60, reached)
            await page.browser.press("Tab")
            reached.append(await page.evaluate(FOCUS))
            self.assertTrue(
                await page.evaluate("document.activeElement.matches(':focus-visible')"), reached
            )
        expected = [
            "Skip to the figures", "forget-token", "drain", "connections-plot", "evictions-plot",
            "The last hour as a table", "As a table", "Age", "Idle", "RTT", "Bytes", "Close",
            "Previous", "Next", "Metrics", "API description",
        ]  # fmt: skip
        self.assertEqual([each for each in reached if each in expected], expected)

        for _ in range(19):  # so many that the drain lasts, whatever moments chance gives them
            await self.client("/one")
        await page.shows("connections", 20)
        await page.evaluate("document.getElementById('enter-token').focus()")
        await page.evaluate("document.getElementById('drain').focus()")
        await page.browser.press("Enter")
        await page.until("document.getElementById('confirm-dialog').open")
        self.assertEqual(await page.evaluate(FOCUS), "Cancel", "the harmless answer has the focus")
        self.assertIn(
            "20 sessions will get a Close",
            await page.evaluate("document.getElementById('confirm-text').textContent"),
        )
        await page.browser.press("Enter")
        await page.until("!document.getElementById('confirm-dialog').open")
        self.assertEqual(await page.evaluate(FOCUS), "drain", "and the focus returns")
        self.assertEqual((await self.status())["state"], "serving")

        await page.browser.press("Enter")
        await page.until("document.getElementById('confirm-dialog').open")
        await page.browser.press("Tab")
        await page.browser.press("Enter")
        await page.until("/^Draining/.test(document.getElementById('state-text').textContent)")
        await page.until("document.getElementById('drain').disabled")
        self.assertEqual(await gateway.process.ended(), 0)
        self.assert_clean(page)


if __name__ == "__main__":
    main()
