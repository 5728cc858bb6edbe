"""The application dies or freezes under its sessions; those of another one go on."""

import asyncio
import signal
import time

from support.accounts import ends, settled
from support.case import SystemTest, main
from support.fastapi_app import FastapiApp
from support.gateway import Gateway
from support.raw_client import BINARY, CLOSE, PING, PONG, TEXT, RawClient, frame, request
from support.waiting import eventually
from support.witness import Witness

CLIENTS = 20
TIMEOUT = 5.0
HALF_A_MESSAGE = frame(BINARY, bytes(1 << 18))[: 1 << 17]


class FaultsOfApps(SystemTest):
    async def asyncSetUp(self):
        self.app = await FastapiApp.start(self)
        self.gateway = await Gateway.start(
            self,
            routes={"/": self.app.url, "/local": "echo"},
            heartbeat="{ interval: 1s, timeout: 5s }",
            limits="{ handshake: 2s }",
        )

    def open_clients(self):
        return asyncio.gather(
            *(RawClient.open(self.gateway.port, "/echo") for _ in range(CLIENTS))
        )

    async def end_of(self, client):
        """Answers pings until the Close; (its code, how many pings came)."""
        pings = 0
        while True:
            opcode, payload, _ = await client.read_frame()
            if opcode == PING:
                pings += 1
                client.send(frame(PONG, payload))
            elif opcode == CLOSE:
                return int.from_bytes(payload[:2], "big"), pings

    async def test_an_app_killed_in_the_middle_of_messages_ends_its_sessions_with_1014(self):
        async with Witness(f"{self.gateway.url}/local") as witness:
            clients = await self.open_clients()
            for client in clients:
                client.send(HALF_A_MESSAGE)
            self.app.process.kill()
            codes = await asyncio.gather(*(self.end_of(client) for client in clients))
            self.assertEqual({code for code, _ in codes}, {1014})

            refused = await RawClient.connect(self.gateway.port)
            refused.send(request("/echo"))
            self.assertEqual((await refused.answer())[0], 502)
            for client in (*clients, refused):
                client.abort()
            metrics = await settled(self.gateway, live=1)
            self.assertEqual(ends(metrics), {"app_lost": CLIENTS})
            before = witness.exchanged
            await eventually(lambda: witness.exchanged > before, "the witness goes on")
        await settled(self.gateway)

    async def test_a_frozen_app_ends_its_sessions_with_1014_and_its_clients_are_pinged_on(self):
        async with Witness(f"{self.gateway.url}/local"):
            clients = await self.open_clients()
            started = time.monotonic()
            self.app.process.signal(signal.SIGSTOP)

            async def turned_away():
                newcomer = await RawClient.connect(self.gateway.port)
                newcomer.send(request("/echo"))
                status, _, _ = await newcomer.answer()
                newcomer.abort()
                return status

            refusal = asyncio.create_task(turned_away())
            endings = await asyncio.gather(*(self.end_of(client) for client in clients))
            took = time.monotonic() - started
            self.assertEqual({code for code, _ in endings}, {1014})
            self.assertGreaterEqual(min(pings for _, pings in endings), 2)
            self.assertLess(took, TIMEOUT + 3)
            self.assertEqual(await refusal, 504)
            for client in clients:
                client.abort()
            metrics = await settled(self.gateway, live=1)
            self.assertEqual(ends(metrics), {"app_timeout": CLIENTS})

            self.app.process.signal(signal.SIGCONT)
            thawed = await RawClient.open(self.gateway.port, "/echo")
            thawed.send(frame(TEXT, b"awake"))
            self.assertEqual(await thawed.read_message(), b"awake")
            thawed.abort()
        await settled(self.gateway)


if __name__ == "__main__":
    main()
