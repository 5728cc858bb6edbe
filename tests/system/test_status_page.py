"""The status page in Chromium: true figures, whatever happens to connections and to the gateway."""

import asyncio
import signal

import websockets

from support.case import main
from support.status_page import FOCUS, IS_LIVE, LINK, TOKEN, StatusPage, StatusPageTest

SCRIPT = "<script>alert(1)</script>"


class Figures(StatusPageTest):
    async def test_the_page_shows_the_true_counts_while_200_connections_come_and_go(self):
        gateway = await self.start()
        page = await StatusPage.open(self, gateway)
        await page.shows("connections", 0)
        url = gateway.url

        async def visit(number):
            async with websockets.connect(url) as client:
                await client.send("hello")
                await client.recv()
                if number % 4 == 0:
                    await stay.wait()

        stay = asyncio.Event()
        visits = [asyncio.create_task(visit(number)) for number in range(200)]
        await page.shows("connections", 50)
        status = await self.status()
        self.assertEqual((status["connections"], status["opened"]), (50, 200))
        stay.set()
        await asyncio.gather(*visits)
        await page.shows("connections", 0)
        await page.until(
            "[...document.querySelectorAll('.reason')].find((e) => "
            "e.querySelector('code').textContent === 'client_closed')"
            ".querySelector('b').textContent === '200'"
        )
        self.assertEqual((await self.status())["closed"]["client_closed"], 200)
        self.assert_clean(page)

    async def test_an_eviction_is_counted_explained_and_drawn(self):
        gateway = await self.start(heartbeat="{ interval: 200ms, timeout: 600ms }")
        page = await StatusPage.open(self, gateway)
        silent = await self.client()
        self.assertEqual((await silent.read_close())[0], 4001)
        await page.shows("evictions", 1)
        await page.until("document.querySelectorAll('#evictions-plot .bar-evictions').length === 1")
        await page.until(
            "document.getElementById('reason-groups').textContent"
            ".includes('Nothing was heard of the client for heartbeat.timeout.')"
        )
        readout = "document.getElementById('evictions-readout').textContent"
        await page.until(f"{readout}.startsWith('at most 1, at ')")
        await page.evaluate("document.getElementById('evictions-plot').focus()")
        await page.browser.press("Home")
        await page.until(f"/^.* to .*: [01] evictions?$/.test({readout})")
        self.assert_clean(page)

    async def test_the_page_recovers_by_itself_from_a_restart_without_negative_figures(self):
        gateway = await self.start()
        page = await StatusPage.open(self, gateway)
        await self.clients(["/"] * 5)
        await page.shows("connections", 5)
        gateway.process.signal(signal.SIGTERM)
        self.assertEqual(await gateway.process.ended(), 0)
        await page.until(f"!({IS_LIVE})")
        await page.until(f"{LINK}.startsWith('Reconnecting, data ')")
        await self.start_again()
        await page.until(IS_LIVE, 40)
        await page.shows("connections", 0)
        await self.client()
        await page.shows("connections", 1)
        await page.until("document.querySelectorAll('.start').length === 4")
        self.assertEqual(await page.evaluate("document.body.textContent.includes('\u2212')"), False)
        self.assertEqual(await page.evaluate("document.body.textContent.includes('NaN')"), False)
        self.assert_clean(page)

    async def test_a_hidden_tab_reads_nothing_and_is_fresh_again_when_it_is_shown(self):
        gateway = await self.start()
        page = await StatusPage.open(self, gateway)
        other = await page.browser.call("Target.createTarget", url="about:blank")
        await page.browser.call("Target.activateTarget", targetId=other["targetId"])
        await page.until(f"{LINK}.startsWith('Paused, data ')")
        await self.clients(["/"] * 3)
        await page.browser.call("Page.bringToFront")
        await page.shows("connections", 3)
        self.assert_clean(page)

    async def test_the_alignment_is_drawn_and_says_what_misaligned_means(self):
        gateway = await self.start(
            heartbeat="{ interval: 25s, timeout: 45s }",
            more="proxies:\n"
            "  - preset: cloudflare\n"
            f"  - {{ name: '{SCRIPT}', idle: 20s }}\n"
            "alignment: warn\n",
        )
        page = await StatusPage.open(self, gateway)
        await page.until("document.querySelectorAll('.lane-bad').length === 1")
        lane = await page.evaluate("document.querySelector('.lane-bad').textContent")
        self.assertIn(SCRIPT, lane)
        self.assertIn("misaligned, margin \u2212", lane)
        self.assertIn(
            "PG301", await page.evaluate("document.getElementById('diagnostics').textContent")
        )
        await page.until("/^Misaligned: /.test(document.querySelector('.finding-bad').textContent)")
        self.assert_clean(page)

    async def test_a_gateway_that_wants_its_token_for_reading_is_given_it(self):
        gateway = await self.start()
        page = await StatusPage.open(self, gateway)
        await page.demand_token("/events", TOKEN)
        await page.browser.call("Page.reload")
        await page.until("document.getElementById('token-dialog')?.open")
        self.assertEqual(await page.evaluate(FOCUS), "token-field")
        await page.browser.press("Escape")
        await page.until("document.getElementById('unlock').checkVisibility()")
        await page.click("#unlock")
        # In one turn of the page, so that it hears of the end when the dialog is open again.
        await page.evaluate(
            "document.querySelector('#token-dialog .cancel').click();"
            "document.querySelector('#unlock').click()"
        )
        await page.browser.type(TOKEN)
        await page.browser.press("Enter")
        await page.until(IS_LIVE)
        await page.shows("connections", 0)
        self.assert_clean(page)


if __name__ == "__main__":
    main()
