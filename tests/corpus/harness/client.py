"""A client that asks a proxy for one WebSocket, under a false address, and then keeps quiet."""

import asyncio
import json
import ssl
from urllib.parse import urlsplit

from harness.row import FORGED, HIDDEN, KNOWN
from support.raw_client import RawClient, request
from support.watched_client import WatchedClient

OWN, CLAIMED = "127.0.0.5", "203.0.113.9"
_CLAIMS = {
    "X_Forwarded_For": CLAIMED,
    "X_Real_IP": CLAIMED,
    "Forwarded": f"for={CLAIMED}",
    "CF_Connecting_IP": CLAIMED,
    "True_Client_IP": CLAIMED,
    "X_Client_IP": CLAIMED,
}
_TLS = ssl.create_default_context()
_TLS.check_hostname = False
_TLS.verify_mode = ssl.CERT_NONE


class Client:
    def __init__(self, ask, watched, facts):
        self._ask = ask
        self._watched = watched
        self._facts = facts

    @classmethod
    async def open(cls, place, ask):
        """(status, the client): none where the answer is not 101; 0 for no answer."""
        url = urlsplit(ask.url)
        port, is_secure = place.listening_port(ask.url), url.scheme == "wss"
        raw = None
        try:
            raw = RawClient(
                *await asyncio.open_connection(
                    "127.0.0.1",
                    port,
                    local_addr=(OWN, 0),
                    ssl=_TLS if is_secure else None,
                    server_hostname=url.hostname if is_secure else None,
                )
            )
            path = url.path + (f"?{url.query}" if url.query else "")
            raw.send(request(path or "/", Host=url.netloc, **_CLAIMS))
            status, _, _ = await raw.answer()
        except (OSError, asyncio.IncompleteReadError, ValueError):
            status = 0
        if status != 101:
            if raw:
                raw.abort()
            return status, None
        facts = json.loads(await raw.read_message())
        return status, cls(ask, WatchedClient(raw, True), facts)

    async def measured(self, seconds):
        """The Ask as it was seen, after so many seconds at most; it ends then."""
        watched = self._watched
        seen = self._ask._replace(answer=101, gateway=self._facts["gateway"], cut=0)
        if seen.gateway:
            client = {OWN: KNOWN, CLAIMED: FORGED}.get(self._facts["client"], HIDDEN)
            seen = seen._replace(client=client)
        end = await watched.end_within(seconds)
        if end:
            seen = seen._replace(cut=round(end[1] - max(watched.heard, watched.sent), 1))
        else:
            await watched.echo("still here")
        watched.abort()
        return seen
