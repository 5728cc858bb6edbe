"""One end of a session made of bytes: it notes all it hears and answers nothing but a Close."""

import asyncio
import struct
import time
from typing import NamedTuple

from support.raw_client import CLOSE, PING, PONG

from harness.frames import APP, Frame, masked

PATIENCE = 20.0  # for one event, in seconds; a machine under load is slow
HEARTBEAT_BYTES = 8  # of the nonce in the gateway's own pings


class Told(NamedTuple):
    """How an end learns that a session is over."""

    code: int
    reason: str = ""


CUT = Told(1006)  # no Close at all, RFC 6455 §7.1.5
NO_CODE = Told(1005)  # a Close without a body


class Heard(NamedTuple):
    opcode: int
    payload: bytes  # without its mask
    fin: bool
    reserved: int
    is_masked: bool
    raw: bytes


def parse(buffer, start):
    """The frame at `start` and where it ends; None if it is not all there."""
    if len(buffer) < start + 2:
        return None
    first, second = buffer[start], buffer[start + 1]
    at = start + 2
    size = second & 0x7F
    extended = {126: 2, 127: 8}.get(size, 0)
    if extended:
        size = int.from_bytes(buffer[at : at + extended], "big")
        at += extended
    is_masked = bool(second & 0x80)
    end = at + 4 * is_masked + size
    if len(buffer) < end:
        return None
    payload = bytes(buffer[end - size : end])
    if is_masked:
        payload = masked(payload, bytes(buffer[at : at + 4]))
    raw = bytes(buffer[start:end])
    return Heard(first & 0xF, payload, bool(first & 0x80), first >> 4 & 7, is_masked, raw), end


def told_by(payload):
    if not payload:
        return NO_CODE
    return Told(struct.unpack(">H", payload[:2])[0], payload[2:].decode())


class Peer:
    def __init__(self, leg, reader, writer):
        self.leg = leg
        self.frames = []  # what it heard before a Close, without the gateway's heartbeats
        self.messages = 0  # how many data messages ended in them
        self.pongs = 0
        self.unfinished = b""  # of a frame whose end has not come
        self.late = b""  # what came behind a Close
        self.told = None  # how it learned the end, once it has
        self.was_reset = False
        self.has_closed = False  # it sent a Close of its own, or an answer
        self.answer = None  # its Close frame, where it is not the one that it got
        self._reader = reader
        self._writer = writer
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._listen())

    async def send(self, data, piece=0):
        """Sends; with `piece` in writes of so many octets."""
        if not piece:
            self._writer.write(data)
            return
        for number, at in enumerate(range(0, len(data), piece)):
            self._writer.write(data[at : at + piece])
            if number % 16 == 0:
                await asyncio.sleep(0)  # others have their turn; nothing is waited for

    def end(self):
        """Sends no more: the gateway hears the end of the connection."""
        if self._writer.can_write_eof() and not self._writer.is_closing():
            try:
                self._writer.write_eof()
            except OSError:
                pass  # it was reset

    async def until(self, probe, what):
        """Waits until probe() is true; only what this end hears can make it so."""
        deadline = time.monotonic() + PATIENCE
        while not probe():
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), deadline - time.monotonic())
            except asyncio.TimeoutError:
                raise AssertionError(
                    f"the {self.leg} waited {PATIENCE} s for {what}; it heard {self.summary()}"
                ) from None

    async def over(self):
        """Waits for the end of the connection."""
        try:
            await asyncio.wait_for(asyncio.shield(self._task), PATIENCE)
        except asyncio.TimeoutError:
            raise AssertionError(
                f"the {self.leg} waited {PATIENCE} s for the end; it heard {self.summary()}"
            ) from None

    def abandon(self):
        self._task.cancel()
        self._writer.transport.abort()

    def summary(self):
        shown = [(frame.opcode, frame.fin, frame.payload[:20]) for frame in self.frames[-5:]]
        return f"{len(self.frames)} frames, at last {shown}, told: {self.told}"

    async def _listen(self):
        buffer = bytearray()
        try:
            while data := await self._reader.read(1 << 18):
                buffer += data
                self._take(buffer)
                self._changed.set()
        except ConnectionError:
            self.was_reset = True
        if self.told is None:
            self.told = CUT
        self._changed.set()
        self._writer.close()

    def _take(self, buffer):
        at = 0
        while self.told is None and (found := parse(buffer, at)):
            frame, at = found
            if frame.opcode == CLOSE:
                self._on_close(frame)
            elif frame.opcode != PING or len(frame.payload) != HEARTBEAT_BYTES:
                self.frames.append(frame)
                self.messages += frame.fin and frame.opcode < CLOSE
                self.pongs += frame.opcode == PONG
        del buffer[:at]
        if self.told is None:
            self.unfinished = bytes(buffer)
        else:
            self.late = bytes(buffer)
            self.unfinished = b""

    def _on_close(self, frame):
        assert frame.is_masked == (self.leg == APP), "a Close with the wrong mask"
        self.told = told_by(frame.payload)
        if not self.has_closed:
            self.has_closed = True
            answer = self.answer or Frame(CLOSE, frame.payload)
            self._writer.write(answer.encode(self.leg))
        if self.leg == APP:
            self.end()  # the server ends TCP, RFC 6455 §7.1.1
