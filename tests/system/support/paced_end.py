"""An end of a session that takes what comes at a given rate: a plain socket with small buffers.

Libraries read as fast as they can into memory of their own; this one leaves what it has not read
in the kernel, as a slow phone or a slow line does. It answers each ping as soon as it has read it.
"""

import asyncio
import socket
import ssl
import struct
import zlib

from support.raw_client import BINARY, CLOSE, PING, PONG
from support.waiting import eventually

RECEIVE_BUFFER = 65536  # asked of the kernel, which doubles it
TURNS = 20  # reads or writes in a second of an end with a rate
MOST = 65536  # bytes at once of one without


def data_frame(payload, is_client, opcode=BINARY):
    """A whole message. A client's key is zero: what is sent can be compared with what comes."""
    return header(opcode, len(payload), is_client) + payload


def header(opcode, size, is_client):
    length = (
        bytes([size | is_client << 7])
        if size < 126
        else struct.pack(">BH", 126 | is_client << 7, size)
        if size < 65536
        else struct.pack(">BQ", 127 | is_client << 7, size)
    )
    return bytes([0x80 | opcode]) + length + bytes(4 * is_client)


def close_frame(code, is_client):
    return data_frame(struct.pack(">H", code), is_client, CLOSE)


class PacedEnd:
    def __init__(self, sock, is_client, tls=None, received=b"", rate=None):
        """tls: (SSLObject, its incoming, its outgoing BIO), once the handshake is done."""
        self.is_client = is_client
        self.rate = rate  # bytes a second that it reads; None: as they come; 0: none
        self.answers_pings = True
        self.messages = 0  # whole ones that came
        self.payload = 0  # their bytes, and those of one that has begun
        self.checksum = 0  # of these bytes
        self.pings = 0
        self.closed_with = None  # the code of the Close that came
        self.has_closed = False  # sent a Close
        self.ended = None  # how the other side ended the connection, or why sending failed
        self._socket = sock
        self._tls = tls
        self._buffer = bytearray(received)
        self._left = 0  # bytes of the data frame that is coming
        self._key = None  # its mask, as long as it may need
        self._fin = True
        self._sending = asyncio.Lock()
        self._turn = asyncio.Event()  # the rate has changed
        self._answers = set()
        self._reader = asyncio.create_task(self._read())

    def take_at(self, rate):
        self.rate = rate
        self._turn.set()

    async def send(self, data, and_end=False):
        """Returns once the kernel has all of it.

        and_end: the end of TCP leaves in the same segment, over TLS close_notify before it.
        """
        async with self._sending:
            await self._send(data, and_end)

    async def send_slowly(self, data, rate):
        """Sends so many bytes a second, and nothing in between, not even a pong."""
        piece = max(1, rate // TURNS)
        async with self._sending:
            for at in range(0, len(data), piece):
                await self._send(data[at : at + piece])
                await asyncio.sleep(1 / TURNS)

    async def send_message(self, payload):
        await self.send(data_frame(payload, self.is_client))

    async def send_close(self, code):
        self.has_closed = True
        await self.send(close_frame(code, self.is_client))

    async def end_sending(self):
        """Half-closes; over TLS, after close_notify."""
        await self.send(b"", and_end=True)

    def leave(self):
        """Closes the socket as a process does that ends: FIN, and RST for whatever still comes."""
        self._stop_reading()
        self._socket.close()

    def reset(self):
        """Ends the connection as a crash of its machine's kernel would."""
        self._stop_reading()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    async def until(self, probe, what, seconds=15.0):
        """Waits; a connection that ends before fails at once."""

        def watched():
            if probe():
                return True
            assert self.ended is None, f"{what}: the end came first: {self.summary()}"
            return False

        try:
            await eventually(watched, what, seconds)
        except AssertionError as problem:
            raise AssertionError(f"{problem}; {self.summary()}") from None

    async def over(self, seconds=15.0):
        """Waits for the end of the connection."""
        await eventually(lambda: self.ended, f"the end; {self.summary()}", seconds)

    def summary(self):
        return (
            f"{'client' if self.is_client else 'app'} got {self.messages} messages,"
            f" {self.payload} bytes, {self.pings} pings, Close {self.closed_with}, end {self.ended}"
        )

    def release(self):
        self._stop_reading()
        for answer in self._answers:
            answer.cancel()
        self._socket.close()

    async def _send(self, data, and_end=False):
        try:
            if self._tls is not None:
                tls, _, outgoing = self._tls
                if data:
                    tls.write(data)
                if and_end:
                    try:
                        tls.unwrap()
                    except ssl.SSLError:
                        pass  # it wants the answer, which is not waited for, or finds other data
                data = outgoing.read()
            await asyncio.get_running_loop().sock_sendall(self._socket, data)
            if and_end:
                self._socket.shutdown(socket.SHUT_WR)
        except OSError as problem:
            # As libraries do: what could still be read is not.
            self.ended = self.ended or f"sending failed: {problem.strerror}"
            self._stop_reading()
            raise

    def _stop_reading(self):
        self._reader.cancel()
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket)

    async def _read(self):
        try:
            self._take(b"" if self._tls is None else self._decrypted(b"") or b"")
            while True:
                data = await self._receive(lambda rate: max(1, rate // TURNS) if rate else MOST)
                if data is None:
                    self.ended = "it ended"
                    return
                self._take(data)
                await asyncio.sleep(len(data) / self.rate if self.rate else 0)
        except OSError as problem:
            self.ended = self.ended or f"reading failed: {problem.strerror}"

    async def _receive(self, size_at):
        """What is there next, unless it is told to leave it there; None at the end."""
        loop = asyncio.get_running_loop()
        while True:
            self._turn.clear()
            if self.rate != 0:
                loop.add_reader(self._socket, self._turn.set)
            await self._turn.wait()
            loop.remove_reader(self._socket)
            if self.rate == 0:
                continue
            try:
                data = self._socket.recv(size_at(self.rate))
            except BlockingIOError:
                continue
            if not data:
                return None
            return data if self._tls is None else self._decrypted(data)

    def _decrypted(self, data):
        """None after close_notify."""
        tls, incoming, _ = self._tls
        incoming.write(data)
        plain = b""
        try:
            while piece := tls.read(MOST):
                plain += piece
            return plain or None
        except ssl.SSLWantReadError:
            return plain
        except ssl.SSLZeroReturnError:
            return plain or None

    def _take(self, data):
        self._buffer += data
        while self._buffer and self.closed_with is None:
            if self._left:
                self._take_payload()
            elif not self._take_header():
                return

    def _take_payload(self):
        piece = bytes(self._buffer[: self._left])
        del self._buffer[: len(piece)]
        self._left -= len(piece)
        if self._key is not None:
            piece = self._unmasked(piece)
        self.payload += len(piece)
        self.checksum = zlib.crc32(piece, self.checksum)
        if not self._left:
            self.messages += self._fin

    def _unmasked(self, piece):
        size = len(piece)
        stream = self._key * (size // 4 + 1)
        self._key = self._key[size % 4 :] + self._key[: size % 4]
        return (
            int.from_bytes(piece, "big") ^ int.from_bytes(stream[:size], "big")
        ).to_bytes(size, "big")

    def _take_header(self):
        """Whether a header, with all of a control frame, was there."""
        data = self._buffer
        if len(data) < 2:
            return False
        at = 2 + {126: 2, 127: 8}.get(data[1] & 0x7F, 0)
        is_masked = data[1] >> 7
        if len(data) < at + 4 * is_masked:
            return False
        size = int.from_bytes(data[2:at], "big") if at > 2 else data[1] & 0x7F
        key = bytes(data[at : at + 4]) if is_masked else None
        at += 4 * is_masked
        opcode = data[0] & 0xF
        if opcode < CLOSE:
            self._left, self._key, self._fin = size, key, data[0] >> 7
            del data[:at]
            if not size:
                self.messages += self._fin
            return True
        if len(data) < at + size:
            return False
        self._key = key
        payload = bytes(data[at : at + size])
        payload = self._unmasked(payload) if is_masked else payload
        del data[: at + size]
        self._on_control(opcode, payload)
        return True

    def _on_control(self, opcode, payload):
        if opcode == PING:
            self.pings += 1
            if self.answers_pings:
                self._answer(data_frame(payload, self.is_client, PONG))
        elif opcode == CLOSE:
            self.closed_with = int.from_bytes(payload[:2], "big") if payload else 1005
            answer = b"" if self.has_closed else data_frame(payload, self.is_client, CLOSE)
            self.has_closed = True
            self._answer(answer, and_end=not self.is_client)  # a server ends TCP, §7.1.1

    def _answer(self, frame, and_end=False):
        async def answer():
            try:
                async with self._sending:
                    await self._send(frame, and_end)
            except OSError:
                pass  # noted in `ended`

        task = asyncio.create_task(answer())
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)
