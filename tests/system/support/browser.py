"""A headless Chromium, driven over its DevTools protocol."""

import asyncio
import json
import shutil

import websockets

from support.ports import free_port
from support.waiting import eventually
from support.web import get


KEY_CODES = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowLeft": 37}


class Browser:
    def __init__(self, process, devtools):
        self.process = process
        self._devtools = devtools
        self._last_id = 0
        self._answers = {}
        self.complaints = []  # console errors, uncaught exceptions, failed loads
        self.requests = []  # the addresses of all that it asked for
        self.dialogs = []  # what alert() and its like said
        self.on_event = {}  # DevTools event: what to call with its parameters
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, test, url):
        """Starts Chromium with a profile of its own and loads `url`."""
        port = free_port()
        process = test.spawn(
            "chromium",
            [
                shutil.which("chromium"),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--no-proxy-server",
                f"--user-data-dir={test.directory}/chromium",
                f"--remote-debugging-port={port}",
                "about:blank",
            ],
            environment={"HOME": str(test.directory)},
        )

        async def page():
            assert process.exit_code is None, process.log()
            targets = (await get(f"http://127.0.0.1:{port}/json/list")).json()
            return next((target for target in targets if target["type"] == "page"), None)

        target = await eventually(page, "Chromium shows a page", 60)
        browser = cls(
            process,
            await websockets.connect(
                target["webSocketDebuggerUrl"], ping_interval=None, max_size=None
            ),
        )
        for domain in ("Runtime", "Log", "Page", "Network", "Accessibility"):
            await browser.call(f"{domain}.enable")
        await browser.call("Page.navigate", url=url)
        await browser.until("location.href !== 'about:blank' && document.readyState === 'complete'")
        return browser

    async def close(self):
        self._reader.cancel()
        await self._devtools.close()

    async def call(self, method, **parameters):
        """One DevTools command; its result."""
        self._last_id += 1
        answer = self._answers[self._last_id] = asyncio.get_running_loop().create_future()
        await self._devtools.send(
            json.dumps({"id": self._last_id, "method": method, "params": parameters})
        )
        reply = await asyncio.wait_for(answer, 30)
        assert "error" not in reply, reply
        return reply["result"]

    async def evaluate(self, expression):
        """The value of a JavaScript expression in the page."""
        result = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def until(self, expression, seconds=20.0):
        """Waits until a JavaScript expression is true in the page; returns its value."""
        return await eventually(
            lambda: self.evaluate(expression), f"in the page: {expression}", seconds
        )

    async def look(self, width=1280, scheme="light", media=""):
        """Sets the width of the page, in pixels, whether the person prefers light or dark, and on what
        it is shown: "print" for paper."""
        is_phone = width < 500
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=is_phone,
        )
        await self.call(
            "Emulation.setEmulatedMedia",
            media=media,
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    async def press(self, key, shift=False):
        """A key of the keyboard, by its name in KEY_CODES."""
        more = {"text": "\r"} if key == "Enter" else {}
        for kind in ("rawKeyDown" if not more else "keyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=KEY_CODES[key],
                modifiers=8 if shift else 0,
                **(more if kind != "keyUp" else {}),
            )

    async def type(self, text):
        """Text into what has the focus."""
        await self.call("Input.insertText", text=text)

    async def _read(self):
        async for text in self._devtools:
            message = json.loads(text)
            if "id" in message:
                self._answers.pop(message["id"]).set_result(message)
                continue
            event, details = message["method"], message["params"]
            if event in self.on_event:
                self.on_event[event](details)
            if event == "Network.requestWillBeSent":
                self.requests.append(details["request"]["url"])
            if event == "Page.javascriptDialogOpening":
                self.dialogs.append(details["message"])
            if (
                event == "Runtime.exceptionThrown"
                or event == "Runtime.consoleAPICalled"
                and details["type"] in ("error", "warning", "assert")
                or event == "Log.entryAdded"
                and details["entry"]["level"] in ("error", "warning")
            ):
                self.complaints.append(details)
