"""The end of a drain that nobody takes over from: who has connected gets an answer, not a reset."""

import asyncio
import signal

from support.case import SystemTest, main
from support.gateway import Gateway
from support.ports import free_port
from support.raw_client import RawClient, request
from support.waiting import eventually, within

SIDES = 16  # that connect again and again, each as fast as it can
GONE = (ConnectionRefusedError, FileNotFoundError)  # nobody listens any more: the honest answer


class Crowd:
    """Connects until nobody listens; `met` counts what happened to those who got a connection."""

    def __init__(self, dial):
        self._dial = dial
        self.met = {}
        self.tasks = [asyncio.create_task(self._come()) for _ in range(SIDES)]

    async def _come(self):
        while True:
            try:
                client = RawClient(*await self._dial())
            except GONE:
                return
            try:
                client.send(request())
                status, _, _ = await client.answer(20)
                fate = status
            except (ConnectionError, asyncio.IncompleteReadError) as problem:
                fate = repr(problem)
            self.met[fate] = self.met.get(fate, 0) + 1
            client.abort()

    async def ended(self):
        await within(asyncio.gather(*self.tasks), "nobody listens any more", 30)


class LastCall(SystemTest):
    async def drain_beside_a_crowd(self, gateway, dial):
        crowd = Crowd(dial)
        await eventually(lambda: crowd.met.get(101, 0) > SIDES, "the crowd is let in")
        gateway.process.signal(signal.SIGTERM)
        await crowd.ended()
        self.assertEqual(await gateway.process.ended(), 0)
        self.assertEqual(set(crowd.met), {101, 503}, crowd.met)

    async def test_on_a_port_nobody_is_reset(self):
        for _ in range(3):
            gateway = await Gateway.start(self)
            dial = lambda: asyncio.open_connection("127.0.0.1", gateway.port)
            await self.drain_beside_a_crowd(gateway, dial)

    async def test_on_a_unix_socket_nobody_is_reset(self):
        path = self.directory / "gate.sock"
        for _ in range(3):
            port, admin_port = free_port(), free_port()
            file = Gateway.write(self, port, admin_port)
            file.write_text(file.read_text().replace(f"127.0.0.1:{port}", f"unix:{path}"))
            gateway = await Gateway.run(self, port, admin_port, file)
            await self.drain_beside_a_crowd(gateway, lambda: asyncio.open_unix_connection(path))
            self.assertFalse(path.exists())

    async def test_who_says_nothing_does_not_keep_the_gateway_long(self):
        gateway = await Gateway.start(self, limits="{ handshake: 5m }")
        silent = [await RawClient.connect(gateway.port) for _ in range(5)]
        gateway.process.signal(signal.SIGTERM)
        for each in silent:
            await each.ended()
        self.assertEqual(await gateway.process.ended(), 0)


if __name__ == "__main__":
    main()
