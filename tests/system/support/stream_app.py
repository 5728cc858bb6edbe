"""An event-stream server, which answers as the gateway does, and a client that notes when it hears.

    /stream?comments=0.5&told=yes   one event, and then a comment each half second; `told`: with the
                                    header that asks proxies not to buffer
    /plain                          a short answer
"""

import asyncio
import time
import urllib.parse

EVENT = b"data: first\n\n"
COMMENT = b":\n\n"


class StreamApp:
    def __init__(self):
        self.port = None
        self.kept = asyncio.Queue()  # for how long an idle connection was kept by the other side
        self._server = None
        self._connections = set()

    @classmethod
    async def start(cls, test):
        app = cls()
        app._server = await asyncio.start_server(app._serve, "127.0.0.1", 0)
        app.port = app._server.sockets[0].getsockname()[1]
        test.addAsyncCleanup(app.stop)
        return app

    async def stop(self):
        self._server.close()
        for each in self._connections:
            each.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._connections.add(task)
        try:
            answered = None
            while True:
                try:
                    head = await reader.readuntil(b"\r\n\r\n")
                except (asyncio.IncompleteReadError, ConnectionError):
                    break
                target, version = head.split(b"\r\n")[0].decode().split(" ")[1:]
                url = urllib.parse.urlsplit(target)
                if url.path == "/plain":
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    answered = time.monotonic()
                    continue
                await self._stream(writer, dict(urllib.parse.parse_qsl(url.query)), version)
            if answered:
                self.kept.put_nowait(time.monotonic() - answered)
        except ConnectionError:
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    @staticmethod
    async def _stream(writer, options, version):
        is_chunked = version == "HTTP/1.1"  # else the end of the connection is that of the answer
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        head += "Cache-Control: no-transform\r\n"
        head += "X-Accel-Buffering: no\r\n" if "told" in options else ""
        head += "Transfer-Encoding: chunked\r\n\r\n" if is_chunked else "Connection: close\r\n\r\n"
        writer.write(head.encode())
        payload = EVENT
        while True:
            writer.write(b"%x\r\n%s\r\n" % (len(payload), payload) if is_chunked else payload)
            await writer.drain()
            payload = COMMENT
            await asyncio.sleep(float(options.get("comments", "1000")))


class StreamClient:
    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer
        self.asked = time.monotonic()
        self.heard = None  # when the last byte of the body came in
        self.body = bytearray()
        self._changed = asyncio.Event()
        self._end = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, test, port, path, encoding=None):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        accepted = f"Accept-Encoding: {encoding}\r\n" if encoding else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: stream.test\r\n{accepted}\r\n".encode())
        client = cls(reader, writer)
        test.addAsyncCleanup(client.close)
        return client

    async def close(self):
        self._end.cancel()
        self._writer.close()

    async def _read(self):
        try:
            self.head = await self._reader.readuntil(b"\r\n\r\n")
            while data := await self._reader.read(65536):
                self.body += data
                self.heard = time.monotonic()
                self._changed.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        return time.monotonic()

    async def hears_within(self, seconds):
        """Whether a byte of the body comes so soon."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
            return True
        except asyncio.TimeoutError:
            return False

    async def end_within(self, seconds):
        """When the answer ended, on time.monotonic(); None if it does not so soon."""
        await asyncio.wait({self._end}, timeout=seconds)
        return self._end.result() if self._end.done() else None
