"""A WebSocket client made of bytes, for what no library would send, or would answer of itself."""

import asyncio
import os
import struct

from support.waiting import within

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
UPGRADE = {
    "Host": "gateway.test",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def request(path="/", **replaced):
    """An upgrade request. Keywords replace headers (`_` for `-`); None leaves one out."""
    headers = UPGRADE | {name.replace("_", "-"): value for name, value in replaced.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()


def frame(opcode, payload=b"", fin=True, masked=True, reserved=0):
    """One frame, RFC 6455 §5.2."""
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    size = len(payload)
    if size < 126:
        length, extended = size, b""
    elif size < 65536:
        length, extended = 126, struct.pack(">H", size)
    else:
        length, extended = 127, struct.pack(">Q", size)
    if not masked:
        return bytes([first, length]) + extended + payload
    key = os.urandom(4)
    return (
        bytes([first, 0x80 | length])
        + extended
        + key
        + bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))
    )


class RawClient:
    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port, source="127.0.0.1"):
        """Connects from the address `source`."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0)))

    @classmethod
    async def open(cls, port, path="/", source="127.0.0.1"):
        """Connects and upgrades; fails the test on any answer but 101."""
        client = await cls.connect(port, source)
        client.send(request(path))
        status, _, _ = await client.answer()
        assert status == 101, status
        return client

    def send(self, data):
        self._writer.write(data)

    async def answer(self, seconds=15.0):
        """(status, headers with lower-case names, body by Content-Length) of the HTTP answer."""
        head = (
            await within(self._reader.readuntil(b"\r\n\r\n"), "an HTTP answer", seconds)
        ).decode("latin-1")
        status_line, *lines = head.rstrip("\r\n").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        body = await within(
            self._reader.readexactly(int(headers.get("content-length", 0))), "its body", seconds
        )
        return int(status_line.split()[1]), headers, body

    async def head(self, seconds=15.0):
        """The head of the next HTTP message, as it came."""
        return (await self.until(b"\r\n\r\n", seconds)).decode("latin-1")

    async def until(self, end, seconds=15.0):
        return await within(self._reader.readuntil(end), f"{end}", seconds)

    async def exactly(self, size, seconds=60.0):
        return await within(self._reader.readexactly(size), f"{size} bytes", seconds)

    async def rest(self, seconds=15.0):
        """All that comes until the other side ends the connection."""

        async def read():
            rest = b""
            try:
                while part := await self._reader.read(65536):
                    rest += part
            except ConnectionResetError:
                pass
            return rest

        return await within(read(), "the end of the connection", seconds)

    async def chunk(self, seconds=15.0):
        """The next chunk of a body (RFC 9112 §7.1); b"" is the last one."""
        size = int((await self.until(b"\r\n", seconds)).split(b";")[0], 16)
        return (await self.exactly(size + 2, seconds))[:size]

    async def chunked_body(self, seconds=15.0):
        body = b""
        while part := await self.chunk(seconds):
            body += part
        return body

    async def read_frame(self, seconds=15.0):
        """(opcode, payload, fin) of the next frame; asyncio.IncompleteReadError at the end."""

        async def read():
            first, second = await self._reader.readexactly(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack(">H", await self._reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", await self._reader.readexactly(8))
            assert not second & 0x80, "a server's frame must not be masked"
            return first & 0x0F, await self._reader.readexactly(size), bool(first & 0x80)

        return await within(read(), "a frame", seconds)

    async def read_message(self):
        """The next whole message, in however many frames; control frames are skipped."""
        message = b""
        while True:
            opcode, payload, fin = await self.read_frame()
            if opcode < CLOSE:
                message += payload
                if fin:
                    return message

    async def read_close(self, seconds=15.0):
        """Reads on, answering nothing, until a Close frame; its (code, reason)."""

        async def read():
            while True:
                opcode, payload, _ = await self.read_frame(seconds)
                if opcode == CLOSE:
                    return struct.unpack(">H", payload[:2])[0], payload[2:].decode()

        return await within(read(), "a Close frame", seconds)

    async def ended(self, seconds=15.0):
        """Waits until the other side has ended the connection, whatever still comes before that."""

        async def read():
            try:
                while await self._reader.read(65536):
                    pass
            except ConnectionResetError:
                pass

        await within(read(), "the end of the connection", seconds)

    def end_sending(self):
        """Half-closes the connection: the other side reads its end, and may still send."""
        self._writer.write_eof()

    def abort(self):
        """Ends the connection with a reset, as a crashed machine's kernel would."""
        self._writer.transport.abort()
