"""Which configurations of a real Nginx let a WebSocket through to the gateway, and how many."""

from support.case import SystemTest, main
from support.gateway import Gateway
from support.nginx import Nginx
from support.nginx_site import RELAYED, http_site
from support.raw_client import RawClient, request
from support.tcp_table import connections_to
from support.waiting import side_by_side

HEADERS = """\
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection upgrade;
"""

# What a client that asks for a WebSocket is answered.
ANSWERS = {
    "all that is needed": (101, {"location": RELAYED}),
    "HTTP/1.0, the default": (400, {"location": HEADERS}),
    "HTTP/1.0, spelled out": (400, {"location": "proxy_http_version 1.0;\n" + HEADERS}),
    "neither header": (426, {"location": "proxy_http_version 1.1;"}),
    "Upgrade alone": (
        426,
        {"location": "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;"},
    ),
    "Connection alone": (
        426,
        {"location": "proxy_http_version 1.1; proxy_set_header Connection upgrade;"},
    ),
    "headers inherited": (101, {"server": RELAYED, "location": ""}),
    "headers lost to another one deeper down": (
        426,
        {"server": RELAYED, "location": "proxy_set_header Host $http_host;"},
    ),
    "headers repeated beside another one": (
        101,
        {"server": RELAYED, "location": HEADERS + "proxy_set_header Host $http_host;"},
    ),
}


class NginxUpgrades(SystemTest):
    async def asyncSetUp(self):
        self.gateway = await Gateway.start(self, heartbeat="{ interval: 1h, timeout: 2h }")

    async def test_an_upgrade_needs_its_http_version_and_both_headers(self):
        async def answers(status, texts):
            nginx = await Nginx.start_site(self, self.gateway, http_site, **texts)
            client = await RawClient.connect(nginx.port)
            client.send(request())
            self.assertEqual((await client.answer())[0], status)
            client.abort()

        await side_by_side({name: answers(*row) for name, row in ANSWERS.items()})

    async def test_each_websocket_takes_two_worker_connections(self):
        # Nginx takes one itself for its listening socket, and one for word from its master.
        nginx = await Nginx.start_site(
            self, self.gateway, http_site, worker_connections=2 + 2 * 5 + 1
        )
        clients = [await RawClient.open(nginx.port) for _ in range(5)]
        self.assertEqual(connections_to(self.gateway.port), 5)

        refused = await RawClient.connect(nginx.port)
        refused.send(request())
        self.assertEqual((await refused.answer())[0], 500)
        self.assertIn("worker_connections are not enough", nginx.process.log())

        clients.pop().abort()
        await self.gateway.process.until(
            lambda: connections_to(self.gateway.port) == 4, "the connection that ended is gone"
        )
        await RawClient.open(nginx.port)


if __name__ == "__main__":
    main()
