"""heartbeat.app_pings, with the heartbeats of real WebSocket libraries on both sides."""

import asyncio

import websockets

from support.case import SystemTest, main
from support.gateway import Gateway
from support.ports import free_port
from support.raw_client import PING, PONG, RawClient, frame
from support.waiting import within

PASS = "{ app_pings: pass, interval: 1m, timeout: 2m }"
ANSWER = "{ interval: 1m, timeout: 2m }"


class AppPings(SystemTest):
    async def start(self):
        """A gateway with both kinds of route, and the connections that its application gets."""
        self.arrived = asyncio.Queue()
        port = free_port()

        async def serve(connection):
            self.arrived.put_nowait(connection)
            await connection.wait_closed()

        server = await websockets.serve(serve, "127.0.0.1", port, ping_interval=None)
        self.addCleanup(server.close)
        app = f"ws://127.0.0.1:{port}"
        self.gateway = await Gateway.start(
            self,
            routes={"/pass": app, "/answer": app},
            route_heartbeats={"/pass": PASS, "/answer": ANSWER},
        )

    async def open(self, path):
        """A client that answers nothing by itself, and its connection at the application."""
        client = await RawClient.open(self.gateway.port, path)
        return client, await within(self.arrived.get(), "the application's connection")

    async def test_a_client_answers_the_pings_that_pass(self):
        await self.start()
        client, at_app = await self.open("/pass")
        answer = await at_app.ping(b"beat")
        code, payload, _ = await client.read_frame()
        self.assertEqual((code, payload), (PING, b"beat"))
        self.assertFalse(answer.done())
        client.send(frame(PONG, b"beat"))
        await within(answer, "the client's pong")
        client.abort()

    async def test_the_gateway_answers_the_others(self):
        await self.start()
        client, at_app = await self.open("/answer")
        await within(await at_app.ping(b"beat"), "the gateway's pong")
        await at_app.send("text")
        self.assertEqual((await client.read_frame())[1], b"text", "and the client got no ping before")
        client.abort()

    async def test_two_libraries_keep_each_other_alive(self):
        await self.start()
        async with websockets.connect(f"ws://127.0.0.1:{self.gateway.port}/pass", ping_interval=None):
            at_app = await within(self.arrived.get(), "the application's connection")
            for _ in range(20):
                await within(await at_app.ping(), "a pong")


if __name__ == "__main__":
    main()
