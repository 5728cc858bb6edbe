"""A real browser: the quickstart's page in Chromium, through Nginx and the gateway, to FastAPI."""

import signal

from support.browser import Browser
from support.case import SOURCE, SystemTest, main
from support.fastapi_app import FastapiApp
from support.gateway import Gateway
from support.nginx import Nginx
from support.waiting import eventually

STATE = "document.getElementById('state').textContent"
LOG = "document.getElementById('log').textContent"


class InTheBrowser(SystemTest):
    async def open_page(self, heartbeat):
        self.app = await FastapiApp.start(self)
        self.gateway = await Gateway.start(self, upstream=self.app.url, heartbeat=heartbeat)
        nginx = await Nginx.start(self, self.gateway, page=SOURCE / "deploy/quickstart.html")
        browser = await Browser.open(
            self, f"http://127.0.0.1:{nginx.port}/page?path=/echo?name=page"
        )
        self.addAsyncCleanup(browser.close)
        await browser.until(f"{STATE} === 'open'")
        return browser

    async def send(self, browser, text):
        await browser.evaluate(
            f"document.getElementById('text').value = '{text}';"
            "document.getElementById('send').requestSubmit()"
        )
        await browser.until(f"{LOG}.includes('← {text}')")

    async def test_a_page_exchanges_messages_stays_open_quietly_and_learns_of_a_restart(self):
        browser = await self.open_page("{ interval: 1s, timeout: 3s }")
        await self.send(browser, "Grüße 🐸")

        async def pongs():
            return (await self.gateway.metrics()).sum(
                "pulsegate_pongs_received_total", leg="client"
            )

        before = await pongs()

        async def six_more():
            return await pongs() >= before + 6

        await eventually(six_more, "the quiet page answers six pings, twice the timeout")
        self.assertEqual(await browser.evaluate(STATE), "open")
        await self.send(browser, "still here")
        self.assertEqual(browser.complaints, [])

        self.gateway.process.signal(signal.SIGTERM)
        await browser.until(f"{STATE} === 'closed 1012 service restart'")
        self.assertEqual(await self.gateway.process.ended(), 0)

    async def test_a_browser_that_slept_finds_its_session_closed_with_4001(self):
        browser = await self.open_page("{ interval: 500ms, timeout: 2s }")
        browser.process.signal_group(signal.SIGSTOP)
        try:
            self.assertEqual(await self.app.disconnect_code("page"), 4001)
        finally:
            browser.process.signal_group(signal.SIGCONT)
        await browser.until(f"{STATE} === 'closed 4001 timeout'")


if __name__ == "__main__":
    main()
