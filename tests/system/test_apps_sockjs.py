"""SockJS through Nginx and the gateway, on each of its transports: those of Node, and those that need a browser."""

import asyncio

from support.app_chain import QUIET, AppTest
from support.browser import Browser
from support.case import main
from support.waiting import eventually

# Chromium opens six connections to a server; these keep one each, and need one to send.
IN_A_BROWSER = ("xhr-streaming", "iframe-eventsource", "iframe-htmlfile", "iframe-xhr-polling", "jsonp-polling")
PAGE = """
    window.sessions = {};
    function start(transport) {
        const own = (sessions[transport] = { opened: 0, heard: [] });
        own.connect = () => {
            own.socket = new SockJS("/echo", null, { transports: [transport] });
            own.socket.onopen = () => own.opened++;
            own.socket.onmessage = ({ data }) => own.heard.push(data);
            own.socket.onclose = () => setTimeout(own.connect, 100);
        };
        own.connect();
    }
"""


class SockJs(AppTest):
    async def test_its_websocket_and_event_stream_live_by_the_gateways_heartbeat(self):
        await self.serve("sockjs_server.mjs")
        await self.live_and_come_back(*(["sockjs_client.mjs", each] for each in ("websocket", "eventsource")))

    async def test_its_polls_live_by_its_own_heartbeat(self):
        # 25 s by default, where Nginx has 60 s.
        await self.serve("sockjs_server.mjs", "1250")
        await self.live_and_come_back(["sockjs_client.mjs", "xhr-polling"])

    async def test_its_transports_of_browsers_live_and_come_back(self):
        await self.serve("sockjs_server.mjs", "1250")
        self.page = await Browser.open(self, self.url)
        self.addAsyncCleanup(self.page.close)
        await self.page.evaluate(f"{PAGE} {list(IN_A_BROWSER)}.forEach(start)")
        await self.exchange("works")
        await asyncio.sleep(QUIET)
        await self.exchange("lives")
        self.assertEqual(await self.opened(), [1] * len(IN_A_BROWSER))
        await self.replace_gateway()
        await self.exchange("back")

    async def opened(self):
        return [await self.page.evaluate(f"sessions['{each}'].opened") for each in IN_A_BROWSER]

    async def exchange(self, text):
        """Each transport brings a text back, if it has to with another session."""
        for each in IN_A_BROWSER:
            own = f"sessions['{each}']"
            await eventually(
                lambda: self.page.evaluate(
                    f"{own}.heard.includes('{text}') ||"
                    f"({own}.socket.readyState === 1 && {own}.socket.send('{text}'), false)"
                ),
                f"{each}: {text}",
            )


if __name__ == "__main__":
    main()
