"""A gateway with everything that may stand at either end of it."""

import asyncio

from support.bad_apps import accept_key
from support.gateway import Gateway
from support.ports import free_port
from support.raw_client import request
from support.waiting import within

from harness import foreign
from harness.audit import address_of
from harness.beast import BEAST, start_beast
from harness.frames import CLIENT
from harness.peer import PATIENCE, Peer
from harness.raw_apps import RawApps, accepting

RAW, ECHO, WEBSOCKETS = "raw", "echo", "websockets"  # who is at the other end
MESSAGE_LIMIT = 1 << 20
HEARTBEAT = "{ interval: 1h, timeout: 24h }"  # hardly ever comes in the way


def extensions(head):
    """The value of Sec-WebSocket-Extensions; None without one."""
    lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")]
    values = [value for name, _, value in lines if name == "Sec-WebSocket-Extensions"]
    return ", ".join(values) or None


class Arena:
    @classmethod
    async def start(cls, test, handshake="10s", with_beast=False):
        arena = cls()
        arena.beast_port = free_port()
        if with_beast:
            await start_beast(test, arena.beast_port)
        arena.raw_apps = RawApps()
        arena.foreign_server = foreign.ForeignServer(free_port())
        await arena.raw_apps.start()
        await arena.foreign_server.start()
        arena.gateway = await Gateway.start(
            test,
            routes={
                f"/{RAW}": f"ws://127.0.0.1:{arena.raw_apps.port}",
                f"/{ECHO}": "echo",
                f"/{WEBSOCKETS}": f"ws://127.0.0.1:{arena.foreign_server.port}",
                f"/{BEAST}": f"ws://127.0.0.1:{arena.beast_port}",
            },
            heartbeat=HEARTBEAT,
            limits=f"{{ handshake: {handshake}, message: {MESSAGE_LIMIT // 1024}KiB }}",
            more="log: { format: json }\n",
        )
        return arena

    def close(self):
        self.raw_apps.close()
        self.foreign_server.close()

    async def dial(self):
        """A connection to the gateway; its reader and writer."""
        return await asyncio.open_connection("127.0.0.1", self.gateway.port)

    async def upgrade_alone(self, number):
        """A client of the application of Beast, without the gateway; its Peer."""
        ends = await asyncio.open_connection("127.0.0.1", self.beast_port)
        return (await self._upgrade(*ends, BEAST, number))[0]

    async def upgrade(self, path, number, offer=None):
        """Opens the client leg of the session `number` by hand; its Peer."""
        return await self._upgrade(*await self.dial(), path, number, offer)

    async def _upgrade(self, reader, writer, path, number, offer=None):
        upgrade = request(
            f"/{path}?{number}",
            X_Forwarded_For=address_of(number),
            Sec_WebSocket_Extensions=offer,
        )
        writer.write(upgrade)
        head = await within(reader.readuntil(b"\r\n\r\n"), "an answer to the upgrade", PATIENCE)
        assert head.startswith(b"HTTP/1.1 101 "), head
        assert b"Sec-WebSocket-Accept: " + accept_key(upgrade) in head, head
        return Peer(CLIENT, reader, writer), head

    async def connect(self, case, leg, partner, number):
        """(sender, the other end) of a new session; no end of its own is None: the echo's."""
        if partner == ECHO:
            return (await self.upgrade(ECHO, number, case.offer))[0], None
        if partner == RAW:
            awaited = self.raw_apps.expect(number, accepting(case.accept))
            client, answer = await self.upgrade(RAW, number, case.offer)
            asked, app = await awaited
            assert extensions(asked) == case.offer, extensions(asked)
            assert extensions(answer) == case.accept, extensions(answer)
            return (client, app) if leg == CLIENT else (app, client)
        if leg == CLIENT:
            app = self.foreign_server.expect(number)
            return (await self.upgrade(WEBSOCKETS, number, case.offer))[0], app
        awaited = self.raw_apps.expect(number, accepting(case.accept))
        client = await foreign.connect(
            f"{self.gateway.url}/{RAW}?{number}",
            {"X-Forwarded-For": address_of(number)},
            "deflate" if case.accept else None,
        )
        return (await awaited)[1], client
