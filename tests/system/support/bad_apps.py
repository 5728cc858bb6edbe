"""Applications that are broken in one way each; they run inside the test."""

import asyncio
import base64
import hashlib

from support.ports import free_port

HTML = b"<!doctype html><title>Not a WebSocket</title>"


def accept_key(head):
    """The Sec-WebSocket-Accept of an upgrade request, RFC 6455 §4.2.2."""
    key = next(
        line.partition(b":")[2].strip()
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"sec-websocket-key:")
    )
    return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())


def switching(accept):
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def answer_with(make_answer, then_close):
    """A connection handler: reads one request, sends make_answer(request)."""

    async def handle(reader, writer):
        try:
            writer.write(make_answer(await reader.readuntil(b"\r\n\r\n")))
            if not then_close:
                await reader.read(-1)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return handle


def html(_):
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(HTML)
        + HTML
    )


def login_wanted(_):
    return (
        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 12\r\n\r\n"
        b"who are you?"
    )


APPS = {
    "html": answer_with(html, then_close=True),
    "login": answer_with(login_wanted, then_close=True),
    "garbage": answer_with(lambda _: b"\0\1\2 what is HTTP?\r\n\r\n", then_close=True),
    "hangs_up": answer_with(lambda _: b"", then_close=True),
    "silent": answer_with(lambda _: b"", then_close=False),
    "wrong_accept": answer_with(lambda _: switching(b"bm90IHRoZSByaWdodCBvbmU9"), then_close=False),
    "cut_after_upgrade": answer_with(lambda head: switching(accept_key(head)), then_close=True),
    "masked_frame": answer_with(
        lambda head: switching(accept_key(head)) + b"\x81\x82\0\0\0\0hi", then_close=False
    ),
}


async def start_bad_apps():
    """Starts all of APPS; at "down" nobody listens. Returns ({name: port}, servers to close)."""
    ports = {"down": free_port()}
    servers = []
    for name, handle in APPS.items():
        ports[name] = free_port()
        servers.append(await asyncio.start_server(handle, "127.0.0.1", ports[name]))
    return ports, servers
