"""SignalR's client through Nginx and the gateway, on each of its transports."""

from support.app_chain import AppTest
from support.case import main


class SignalR(AppTest):
    async def test_it_negotiates_lives_quietly_and_comes_back(self):
        await self.serve("signalr_server.mjs")
        await self.live_and_come_back(
            ["signalr_client.mjs"], ["signalr_client.mjs", "WebSockets"], ["signalr_client.mjs", "ServerSentEvents"]
        )

    async def test_its_polls_live_by_its_own_keep_alive(self):
        # 15 s by default, where Nginx has 60 s.
        await self.serve("signalr_server.mjs", "750")
        await self.live_and_come_back(["signalr_client.mjs", "LongPolling"])


if __name__ == "__main__":
    main()
