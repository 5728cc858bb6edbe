"""Applications that are down or broken: each gives the client its documented answer."""

import asyncio

from support.bad_apps import HTML, start_bad_apps
from support.case import SystemTest, main
from support.gateway import Gateway
from support.raw_client import RawClient, request
from support.waiting import eventually
from support.witness import Witness

# What the client is answered instead of 101.
REFUSED = {
    "down": 502,
    "garbage": 502,
    "hangs_up": 502,
    "wrong_accept": 502,
    "silent": 504,
    "html": 200,
    "login": 401,
}
# With which code a session ends that the app had accepted.
ENDED = {"cut_after_upgrade": 1014, "masked_frame": 1014}


class BadApps(SystemTest):
    async def asyncSetUp(self):
        ports, self.servers = await start_bad_apps()
        routes = {f"/{name}": f"ws://127.0.0.1:{port}" for name, port in ports.items()}
        self.gateway = await Gateway.start(
            self, routes={"/echo": "echo", **routes}, limits="{ handshake: 1500ms }"
        )

    async def asyncTearDown(self):
        for server in self.servers:
            server.close()
        await super().asyncTearDown()

    async def refused(self, name, expected):
        client = await RawClient.connect(self.gateway.port)
        client.send(request(f"/{name}"))
        status, headers, body = await client.answer()
        self.assertEqual(status, expected, name)
        if name == "html":
            self.assertEqual((headers["content-type"], body), ("text/html", HTML))
        elif name == "login":
            self.assertEqual((headers["www-authenticate"], body), ("Bearer", b"who are you?"))
        await client.ended()
        client.abort()

    async def ended(self, name, expected):
        client = await RawClient.open(self.gateway.port, f"/{name}")
        self.assertEqual((await client.read_close())[0], expected, name)
        await client.ended()
        client.abort()

    async def test_each_gives_the_client_its_answer_and_no_other_session_notices(self):
        at_start = self.gateway.process.descriptors()
        async with Witness(f"{self.gateway.url}/echo") as witness:
            await asyncio.gather(
                *(self.refused(*row) for row in REFUSED.items() for _ in range(3)),
                *(self.ended(*row) for row in ENDED.items() for _ in range(3)),
            )

            async def only_the_witness():
                return await self.gateway.live() == 1

            await eventually(only_the_witness, "only the witness's session is left")
            before = witness.exchanged
            await eventually(lambda: witness.exchanged > before, "the witness goes on")

        await eventually(
            lambda: self.gateway.process.descriptors() <= at_start, "every descriptor is closed"
        )

        async def nobody():
            return await self.gateway.live() == 0

        await eventually(nobody, "no session is left")
        metrics = await self.gateway.metrics()
        self.assertEqual(
            metrics.sum("pulsegate_connections_opened_total"),
            metrics.sum("pulsegate_connections_closed_total"),
        )


if __name__ == "__main__":
    main()
