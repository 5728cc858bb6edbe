"""The status page of a gateway in a real browser."""

import asyncio
import pathlib

from support.browser import Browser
from support.case import SystemTest
from support.gateway import Gateway
from support.ports import free_port
from support.raw_client import RawClient, request
from support.web import get

TOKEN = "a-token-of-thirty-two-characters"

CONTRAST = pathlib.Path(__file__).with_name("page_text.js").read_text()

# Roles that a person works with; each such element needs a name to be called by.
WORKED_WITH = {
    "button", "checkbox", "combobox", "link", "searchbox", "slider", "textbox",
    "DisclosureTriangle", "dialog", "alertdialog", "table", "navigation",
}  # fmt: skip


def value_of(name):
    """A JavaScript expression: the number of a key figure."""
    return f"Number(document.getElementById('{name}-value').textContent.replaceAll(',', ''))"


def rows(part):
    """A JavaScript expression: the texts of a part of each row of the sessions table."""
    return f"[...document.querySelectorAll('.sessions tbody {part}')].map((e) => e.textContent)"


IS_LIVE = "document.getElementById('link').dataset.state === 'live'"
LINK = "document.getElementById('link-text').textContent"
PATHS = rows(".cell-path .first")
FOCUS = "(document.activeElement.id || document.activeElement.textContent.trim())"


class StatusPage:
    def __init__(self, browser, origin):
        self.browser = browser
        self.origin = origin
        self.until = browser.until
        self.evaluate = browser.evaluate

    @classmethod
    async def open(cls, test, gateway):
        """Opens it and waits for the first figures."""
        origin = f"http://127.0.0.1:{gateway.admin_port}"
        browser = await Browser.open(test, f"{origin}/")
        test.addAsyncCleanup(browser.close)
        page = cls(browser, origin)
        await page.until(f"{IS_LIVE} && !document.body.classList.contains('is-empty')")
        return page

    async def shows(self, name, value):
        await self.until(f"{value_of(name)} === {value}")

    async def click(self, selector):
        await self.evaluate(f"document.querySelector({selector!r}).click()")

    async def fill(self, selector, text):
        """Types into a field, as a person does who replaces what is there."""
        await self.evaluate(
            f"document.querySelector({selector!r}).focus();document.activeElement.select()"
        )
        if text:
            await self.browser.type(text)
        else:
            await self.evaluate("document.execCommand('delete')")

    async def choose(self, selector, value):
        await self.evaluate(
            f"{{ const chosen = document.querySelector({selector!r}); chosen.value = {value!r};"
            "chosen.dispatchEvent(new Event('change', { bubbles: true })) }"
        )

    async def demand_token(self, path, token):
        """From now on what goes to `path` is answered with 401 unless it has the token, as by a
        gateway whose admin listener is not on loopback."""

        def on_paused(details):
            headers = details["request"]["headers"]
            has_token = headers.get("Authorization") == f"Bearer {token}"
            paused = {"requestId": details["requestId"]}
            tasks.append(
                asyncio.create_task(
                    self.browser.call("Fetch.continueRequest", **paused)
                    if has_token
                    else self.browser.call("Fetch.fulfillRequest", **paused, responseCode=401)
                )
            )

        tasks = []  # else they may be collected before they end
        self.browser.on_event["Fetch.requestPaused"] = on_paused
        await self.browser.call("Fetch.enable", patterns=[{"urlPattern": f"*{path}*"}])

    async def enter_token(self, token):
        await self.click("#enter-token")
        await self.fill("#token-field", token)
        await self.browser.press("Enter")

    def complaints(self):
        """What the console said, apart from answers of the gateway that are no success, and from
        connections that failed: the browser logs those whatever the page does."""
        return [
            complaint
            for complaint in self.browser.complaints
            if complaint.get("entry", {}).get("source") != "network"
        ]

    def foreign_requests(self):
        return [url for url in self.browser.requests if not url.startswith(f"{self.origin}/")]

    async def texts_without_contrast(self):
        result = await self.evaluate(CONTRAST)
        assert result["checked"] > 50, result
        return result["found"]

    async def nameless(self):
        """What Chromium itself would read out to nobody: [role, …] without a name."""
        nodes = (await self.browser.call("Accessibility.getFullAXTree"))["nodes"]
        found = [
            node
            for node in nodes
            if not node["ignored"] and node.get("role", {}).get("value") in WORKED_WITH
        ]
        assert len(found) > 20, len(found)
        return [
            (node["role"]["value"], node.get("backendDOMNodeId"))
            for node in found
            if not node.get("name", {}).get("value", "").strip()
        ]

    async def overflow(self):
        """By how many pixels the page is wider than its window."""
        return await self.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


class StatusPageTest(SystemTest):
    """A test that opens the page of a gateway whose admin listener has a token."""

    async def start(self, more="", **settings):
        """A gateway with a token; its configuration is kept for a restart. It evicts nobody while
        a test runs, unless it is told to."""
        settings.setdefault("heartbeat", "{ interval: 1m, timeout: 2m }")
        self.port, self.admin_port = free_port(), free_port()
        token = self.write("token", TOKEN + "\n")
        token.chmod(0o600)
        self.file = Gateway.write(self, self.port, self.admin_port, more=more, **settings)
        text = self.file.read_text()
        self.file.write_text(text.replace("admin:\n", f"admin:\n  token_file: {token}\n"))
        return await self.start_again()

    async def start_again(self):
        return await Gateway.run(self, self.port, self.admin_port, self.file)

    async def client(self, path="/", **headers):
        """A raw client, which answers no ping."""
        client = await RawClient.connect(self.port)
        client.send(request(path, **headers))
        status, _, _ = await client.answer()
        self.assertEqual(status, 101)
        self.addCleanup(client.abort)
        return client

    async def clients(self, paths):
        return await asyncio.gather(*(self.client(path) for path in paths))

    async def status(self):
        return (await get(f"http://127.0.0.1:{self.admin_port}/status")).json()

    def assert_clean(self, page):
        self.assertEqual(page.complaints(), [])
        self.assertEqual(page.foreign_requests(), [])
        self.assertEqual(page.browser.dialogs, [])
