"""An application that does on each connection what the test says, byte by byte."""

import asyncio
import re


class Talk:
    """One connection of the gateway to the application."""

    def __init__(self, number, reader, writer):
        self.number = number  # from 0 on
        self.reader = reader
        self.writer = writer

    async def head(self):
        """The next request up to its empty line, or None at the end."""
        try:
            return (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def body(self, head):
        """The body of that request, whatever its framing."""
        length = re.search(r"(?im)^content-length: *(\d+)", head)
        if length:
            return await self.reader.readexactly(int(length[1]))
        if not re.search(r"(?im)^transfer-encoding: *chunked", head):
            return b""
        body = b""
        while size := int((await self.reader.readline()).split(b";")[0], 16):
            body += await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        self.trailers = b""
        while (line := await self.reader.readline()) not in (b"\r\n", b""):
            self.trailers += line
        return body

    def send(self, text):
        self.writer.write(text.encode("latin-1") if isinstance(text, str) else text)

    def answer(self, body="", status="200 OK", **headers):
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join(lines) + "\r\n\r\n" + body)

    def reset(self):
        self.writer.transport.abort()

    async def ended(self):
        """Waits until the gateway ends the connection; whatever it still sends is dropped."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass


class ScriptedApp:
    """`script(talk)` runs for each connection, which is closed when it returns."""

    def __init__(self, script):
        self.script = script
        self.connections = 0
        self.requests = []  # heads, in their order
        self.faults = []

    @classmethod
    async def start(cls, test, script, **options):
        """options: those of asyncio.start_server, such as `ssl`."""
        self = cls(script)
        self.server = await asyncio.start_server(
            self._on_connection, "127.0.0.1", 0, limit=2**24, **options
        )
        self.port = self.server.sockets[0].getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}"
        test.addAsyncCleanup(self.stop)
        return self

    async def stop(self):
        self.server.close()

    async def _on_connection(self, reader, writer):
        talk = Talk(self.connections, reader, writer)
        self.connections += 1
        try:
            await self.script(talk)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def serve(answer):
    """A script: `answer(talk, head)` for each request of a connection, until that ends."""

    async def script(talk):
        while head := await talk.head():
            await answer(talk, head)

    return script
