"""Ends of a session that the websockets library plays: what it understood, and how it ended."""

import asyncio

import websockets
from support.raw_client import BINARY, TEXT

from harness.peer import PATIENCE, Told

ENDLESS = {"ping_interval": None, "max_size": None, "max_queue": None, "close_timeout": PATIENCE}


class Foreign:
    def __init__(self):
        self.messages = []  # (opcode, payload)
        self.told = None
        self._over = asyncio.Event()

    async def over(self):
        try:
            await asyncio.wait_for(self._over.wait(), PATIENCE)
        except asyncio.TimeoutError:
            raise AssertionError(f"websockets waited {PATIENCE} s for the end") from None

    async def listen(self, connection, echoes):
        try:
            async for message in connection:
                is_text = isinstance(message, str)
                self.messages.append(
                    (TEXT, message.encode()) if is_text else (BINARY, bytes(message))
                )
                if echoes:
                    await connection.send(message)
        except websockets.ConnectionClosed:
            pass
        await connection.wait_closed()
        self.told = Told(connection.close_code, connection.close_reason)
        self._over.set()

    def abandon(self):
        pass


class ForeignServer:
    """Echoes with compression, for those who offer it."""

    def __init__(self, port):
        self.port = port
        self._sessions = {}
        self._server = None

    async def start(self):
        self._server = await websockets.serve(self._serve, "127.0.0.1", self.port, **ENDLESS)

    def close(self):
        self._server.close()

    def expect(self, number):
        self._sessions[number] = Foreign()
        return self._sessions[number]

    async def _serve(self, connection):
        number = int(connection.path.partition("?")[2])
        await self._sessions.pop(number).listen(connection, echoes=True)


async def connect(url, headers, compression):
    """A client that only listens."""
    client = Foreign()
    connection = await websockets.connect(
        url, extra_headers=headers, compression=compression, open_timeout=PATIENCE, **ENDLESS
    )
    client.task = asyncio.create_task(client.listen(connection, echoes=False))
    return client
