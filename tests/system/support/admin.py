"""The admin listener of a gateway, with a token, as those who operate it see it."""

import asyncio
import json
import urllib.parse

from support.gateway import Gateway
from support.waiting import within
from support.web import ask

TOKEN = "system-test-token-0123456789"


def write_token(test, token=TOKEN):
    """The file of a token; its path."""
    file = test.directory / "admin.token"
    file.touch(mode=0o600)
    file.write_text(token + "\n")
    return file


class Admin:
    def __init__(self, gateway, token=TOKEN):
        self.url = f"http://127.0.0.1:{gateway.admin_port}"
        self.port = gateway.admin_port
        self.token = token

    async def ask(self, method, path, headers=None, **parameters):
        """An answer of any status; `parameters` go into the query."""
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        headers = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        return await ask(method, self.url + path + query, headers)

    async def json(self, path, **parameters):
        answer = await self.ask("GET", path, **parameters)
        assert answer.status == 200, (answer.status, answer.text)
        return answer.json()

    async def connections(self, **parameters):
        return (await self.json("/connections", **parameters))["connections"]

    async def close(self, path="/connections", **parameters):
        """How many connections were told to end."""
        answer = await self.ask("DELETE", path, **parameters)
        assert answer.status == 200, (answer.status, answer.text)
        return answer.json()["closed"]


async def start_with_token(test, **settings):
    """A gateway that has TOKEN; with its Admin."""
    gateway = await Gateway.start(test, admin=f"token_file: {write_token(test)}", **settings)
    return gateway, Admin(gateway)


class Events:
    """A reader of /events."""

    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, admin, limit=1 << 24):
        reader, writer = await asyncio.open_connection("127.0.0.1", admin.port, limit=limit)
        writer.write(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = await within(reader.readuntil(b"\r\n\r\n"), "the header of the events")
        assert head.startswith(b"HTTP/1.1 200 "), head
        return cls(reader, writer)

    async def next(self, seconds=15.0):
        """The next event: its name and its data; IncompleteReadError at the end of the stream."""
        text = await within(self._reader.readuntil(b"\n\n"), "the next event", seconds)
        name, data = text.decode().rstrip("\n").split("\n")
        assert name.startswith("event: ") and data.startswith("data: "), text
        return name[len("event: ") :], json.loads(data[len("data: ") :])

    def close(self):
        self._writer.close()
