"""Plain HTTP requests of a test."""

import asyncio
import json
import urllib.error
import urllib.request


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


def _ask(method, url, headers):
    request = urllib.request.Request(url, headers=headers or {}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


async def get(url, headers=None):
    """An answer of any status; OSError where nobody answers."""
    return await ask("GET", url, headers)


async def ask(method, url, headers=None):
    """The same for any method."""
    return await asyncio.to_thread(_ask, method, url, headers)
