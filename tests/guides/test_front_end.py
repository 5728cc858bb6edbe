"""ReconnectingWebSocket: its own tests under Node, and in Chromium with a gateway that ends
sessions."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys

import scenario  # first: it makes the helpers of the system tests known
from close_table import close_reasons
from guide import GUIDES
from support.browser import Browser
from support.case import SOURCE, SystemTest, main
from support.fastapi_app import FastapiApp
from support.gateway import Gateway
from support.ports import free_port
from support.tcp_table import is_listening
from support.waiting import eventually

HERE = SOURCE / "tests/guides"
# What an app may send (RFC 6455, section 7.4).
CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 4000, 4001, 4403]
COME_BACK = {1001, 1002, 1011, 1012, 1013, 1014, 4001}
OPENED = "log.filter((each) => each === 'open').length"
STATE = "document.getElementById('state')?.textContent"
LOG = "document.getElementById('log')?.textContent"
QUESTION = "what did I miss?\\n"


def node(*arguments):
    return subprocess.run(["node", *arguments], capture_output=True, text=True, timeout=60)


class UnderNode(SystemTest):
    async def test_its_rules_hold_on_a_clock_of_the_test_s(self):
        result = node("--test", "--test-reporter=tap", HERE / "reconnecting_websocket.test.mjs")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertRegex(result.stdout, r"# pass [1-9]\d")

    async def test_it_does_what_the_table_of_close_reasons_asks_for(self):
        """Where one code stands for several reasons, it has to do the most careful."""
        wanted = {}
        for row in close_reasons():
            seen = row["client"]
            if seen["code"] is not None:
                key = seen["code"], seen["text"]
                wanted.setdefault(key, set()).add(row["client_should"])
        result = node(
            "--input-type=module",
            "--eval",
            f'import {{ comebackAfter }} from "{HERE}/module.mjs";'
            f"console.log(JSON.stringify({json.dumps(list(wanted))}"
            ".map(([code, text]) => comebackAfter(code, text))));",
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        order = ["at_once", "with_backoff", "no"]
        careful = {key: max(should, key=order.index) for key, should in wanted.items()}
        done = dict(zip(wanted, json.loads(result.stdout)))
        self.assertEqual(done, careful, "COMEBACK in deploy/guides/reconnecting_websocket.js")


class InChromium(SystemTest):
    async def asyncSetUp(self):
        self.app = await FastapiApp.start(self)
        self.site = self.directory / "site"
        self.site.mkdir()
        for file in (GUIDES / "reconnecting_websocket.js", HERE / "page.html"):
            shutil.copy(file, self.site)
        port = free_port()
        self.site_url = f"http://127.0.0.1:{port}"
        server = self.spawn(
            "site",
            [sys.executable, "-m", "http.server", port, "-b", "127.0.0.1", "-d", self.site],
        )
        await server.until(lambda: is_listening(port), "the site is served")
        self.browser = await Browser.open(self, f"{self.site_url}/page.html")
        self.addAsyncCleanup(self.browser.close)
        await self.browser.until("typeof window.connect === 'function'")

    async def start_gateway(self, **settings):
        self.gateway = await Gateway.start(self, upstream=self.app.url, **settings)

    async def stop_gateway(self):
        self.gateway.process.signal(signal.SIGTERM)
        self.assertEqual(await self.gateway.process.ended(), 0)

    async def restart_gateway(self):
        """Another one at the same address."""
        port, admin_port = self.gateway.port, self.gateway.admin_port
        file = self.directory / f"gateway-{port}.yaml"
        self.gateway = await Gateway.run(self, port, admin_port, file)

    async def connect(self, name):
        await self.browser.evaluate(f"connect('{self.gateway.url}/echo?name={name}')")
        await self.browser.until("log.at(-1) === 'open'")

    async def expect_pongs(self, count):
        """Waits for so many more, of the one session that there is."""

        async def pongs():
            metrics = await self.gateway.metrics()
            return metrics.sum("pulsegate_pongs_received_total", leg="client")

        before = await pongs()

        async def are_there():
            return await pongs() >= before + count

        await eventually(are_there, f"{count} pongs of the page")
        self.assertEqual(await self.browser.evaluate("log.at(-1)"), "open")

    async def show(self, is_shown):
        """Shows the window, or minimizes it."""
        window = await self.browser.call("Browser.getWindowForTarget")
        await self.browser.call(
            "Browser.setWindowBounds",
            windowId=window["windowId"],
            bounds={"windowState": "normal" if is_shown else "minimized"},
        )
        await self.browser.until(f"document.hidden === {'false' if is_shown else 'true'}")

    async def expect_return(self, end):
        """The page's session ends like that, and an echo passes after that, by itself."""
        await self.browser.until(f"{OPENED} === 2", 30)
        self.assertEqual((await self.browser.evaluate("log"))[1:3], [end, "waiting"])
        await self.browser.evaluate("chat.send('back')")
        await self.browser.until("log.at(-1) === 'message back'")
        await self.browser.evaluate("chat.close()")

    async def test_it_comes_back_after_a_drain_a_crash_and_an_eviction_once_it_is_seen(self):
        await self.start_gateway(heartbeat="{ interval: 500ms, timeout: 2s }")
        await self.connect("drain")
        await self.stop_gateway()
        await self.restart_gateway()
        await self.expect_return("close 1012")

        await self.connect("crash")
        self.gateway.process.kill()
        await self.restart_gateway()
        await self.expect_return("close 1006")

        await self.connect("eviction")
        self.browser.process.signal_group(signal.SIGSTOP)
        try:
            self.assertEqual(await self.app.disconnect_code("eviction"), 4001)
        finally:
            self.browser.process.signal_group(signal.SIGCONT)
        await self.expect_return("close 4001")

        await self.connect("hidden")
        await self.show(False)
        await self.expect_pongs(6)  # of more time than it may be silent
        await self.stop_gateway()
        await self.browser.until("log.at(-1) === 'waiting'")
        await self.restart_gateway()
        await asyncio.sleep(0.5)  # five times the longest wait of a page that is seen
        self.assertEqual(await self.browser.evaluate("log.at(-1)"), "waiting")
        await self.show(True)
        await self.expect_return("close 1012")

    async def test_it_heeds_the_app_s_codes_is_patient_and_asks_when_it_is_seen_again(self):
        await self.start_gateway()
        await self.browser.evaluate(f"endWith('{self.gateway.url}/close', {CODES})")
        await self.browser.until(f"Object.keys(reactions).length === {len(CODES)}")
        self.assertEqual(
            await self.browser.evaluate("reactions"),
            {str(code): "waiting" if code in COME_BACK else "end" for code in CODES},
        )

        await self.open_the_page_of_the_guide()
        await self.browser.until(f"{LOG} === '{QUESTION}'")
        self.gateway.process.signal(signal.SIGSTOP)  # a connection that only looks open
        await self.show(False)
        await self.show(True)
        await self.browser.until(f"{STATE} === 'connecting again …'")
        self.gateway.process.signal(signal.SIGCONT)
        await self.browser.until(f"{LOG} === '{QUESTION}{QUESTION}'")

        self.app.process.kill()  # the gateway has 1014 for this, and then 502
        await self.browser.until(f"{STATE} === 'connecting again …'")
        await self.gateway.process.until(self.has_refused, "attempts that get 502")
        self.assertEqual(await self.browser.evaluate(STATE), "connecting again …")

    async def open_the_page_of_the_guide(self):
        """With the addresses of here, and less patience."""
        text = (GUIDES / "apps/page.html").read_text()
        for old, new in {
            "wss://chat.example.com/chat": f"{self.gateway.url}/echo?name=guide",
            "5_000": "500",
        }.items():
            text = text.replace(old, new)
        (self.site / "guide.html").write_text(text)
        await self.browser.call("Page.navigate", url=f"{self.site_url}/guide.html")
        await self.browser.until(f"{STATE} === 'connected'")

    async def has_refused(self):
        return (await self.gateway.metrics()).sum("pulsegate_app_errors_total") >= 1


if __name__ == "__main__":
    main()
