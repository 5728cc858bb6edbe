"""A WebSocket client that notes when it heard its last byte, and how its connection ended."""

import asyncio
import struct
import time

from support.raw_client import CLOSE, PING, PONG, TEXT, RawClient, frame
from support.waiting import within

PATIENCE = 60.0  # longer than any test leaves it alone


class WatchedClient:
    def __init__(self, raw, answers_pings):
        self._raw = raw
        self._answers_pings = answers_pings
        self._messages = asyncio.Queue()
        self.heard = self.sent = time.monotonic()  # when the last byte came in, or went out
        self._end = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, port, path="/", answers_pings=True, source="127.0.0.1"):
        return cls(await RawClient.open(port, path, source), answers_pings)

    async def end(self, seconds):
        """Waits for the end of the connection; (close code, when), on time.monotonic()."""
        return await within(asyncio.shield(self._end), "the end of the connection", seconds)

    async def end_within(self, seconds):
        """The same if it comes so soon, else None."""
        await asyncio.wait({self._end}, timeout=seconds)
        return self._end.result() if self._end.done() else None

    async def lives(self, seconds):
        """Fails the test if the connection ends so soon, or if no message passes it after that."""
        await asyncio.wait({self._end}, timeout=seconds)
        assert not self._end.done(), f"ended, with {self._end.result()[0]}"
        await self.echo(f"after {seconds} s")

    async def echo(self, text):
        """Sends a message and waits until the same one comes back."""
        self._send(TEXT, text.encode())
        reply = await within(self._messages.get(), f"the echo of `{text}`")
        assert reply == text.encode(), (reply, text)

    def send_pong(self):
        """Sends what no gateway answers."""
        self._send(PONG)

    def abort(self):
        self._end.cancel()
        self._raw.abort()

    def _send(self, opcode, payload=b""):
        self._raw.send(frame(opcode, payload))
        self.sent = time.monotonic()

    async def _read(self):
        try:
            while True:
                opcode, payload, _ = await self._raw.read_frame(PATIENCE)
                if opcode == CLOSE:
                    (code,) = struct.unpack(">H", payload[:2])
                    return code, time.monotonic()
                self.heard = time.monotonic()
                if opcode == PING and self._answers_pings:
                    self._send(PONG, payload)
                elif opcode == TEXT:
                    self._messages.put_nowait(payload)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            return 1006, time.monotonic()  # RFC 6455 §7.1.5
