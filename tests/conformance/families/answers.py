"""The opening handshake, as applications answer it. RFC 6455 §4.1, §4.2.2, RFC 9110."""

from support.bad_apps import accept_key, switching

from harness.arena import RAW
from harness.edits import added, replaced, swapped, without
from harness.frames import APP, binary, continuation, pong, text
from harness.handshake import Handshake
from harness.verdicts import Broken

TITLE = "0 opening handshakes of applications"
SETTINGS = {"handshake": "5s"}
ACCEPT, EXTENSIONS = "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions"
PROTOCOL = "Sec-WebSocket-Protocol"


def good(head):
    return switching(accept_key(head))


def answered(name, change, **how):
    return Handshake(name, answer=lambda head: change(good(head)), partners=(RAW,), **how)


def refused(name, change, **how):
    how = {"status": 502, "rejection": "app_not_websocket", "app_error": "bad_response"} | how
    return answered(name, change, **how)


def relayed(name, answer, status, **how):
    how = {"rejection": "app_refused", "app_error": "refused"} | how
    return answered(name, lambda _: answer, status=status, **how)


def spelled():
    same = lambda answer: answer
    yield answered("as it should be", same)
    for value in ("WebSocket", "WEBSOCKET", "\twebsocket ", "x/1, websocket"):
        yield answered(f"Upgrade: {value!r}", replaced("Upgrade", value))
    for value in ("upgrade", "keep-alive, Upgrade", "Upgrade , x"):
        yield answered(f"Connection: {value!r}", replaced("Connection", value))
    yield answered("a header name in lower case", swapped(ACCEPT.encode(), ACCEPT.lower().encode()))
    phrase = b"Switching Protocols"
    yield answered("another reason phrase", swapped(phrase, b"Web Socket Protocol Handshake"))
    yield answered("no reason phrase", swapped(phrase, b""))
    yield answered("no reason phrase and no space", swapped(b" " + phrase, b""))
    yield answered("Content-Length: 0", added("Content-Length: 0"))
    yield answered("a cookie", added("Set-Cookie: a=1"), headers=(("set-cookie", "a=1"),))
    yield answered("31 KiB of headers", added("X-Large: " + "x" * (31 * 1024)))
    offered = added(f"{PROTOCOL}: chat, superchat")
    for value in ("chat", "superchat"):
        headers = ((PROTOCOL.lower(), value),)
        chosen = added(f"{PROTOCOL}: {value}")
        yield answered(f"the subprotocol {value} of two", chosen, asks=offered, headers=headers)
    yield answered("no subprotocol of two", same, asks=offered)
    # What a client makes of another subprotocol is the client's affair, as behind Nginx.
    for name, asks in (
        ("where none was offered", same),
        ("beside the one that was offered", added(f"{PROTOCOL}: superchat")),
        ("of an offer that is no list of tokens", added(f"{PROTOCOL}: abc/d==, chat")),
    ):
        chosen, headers = added(f"{PROTOCOL}: chat"), ((PROTOCOL.lower(), "chat"),)
        yield answered(f"a subprotocol {name}", chosen, asks=asks, headers=headers)
    yield answered("an empty subprotocol", added(f"{PROTOCOL}:"), asks=offered)
    offered = added(f"{EXTENSIONS}: permessage-deflate")
    headers = ((EXTENSIONS.lower(), "permessage-deflate"),)
    yield answered("an extension that was offered", offered, asks=offered, headers=headers)
    yield answered("no extension of those offered", same, asks=offered)


def wrong_keys():
    for name, value in (
        ("of nothing", ""),
        ("of another key", "s3pPLMBiTxaQ9kYGzzhZRbK+xOp="),
        ("that is no base64", "?"),
    ):
        yield refused(f"an accept key {name}", replaced(ACCEPT, value))
    for name, values in (
        ("an accept key in lower case", lambda key: [key.lower()]),
        ("an accept key and more", lambda key: [f"{key} x"]),
        ("a wrong accept key and the right one", lambda key: ["x", key]),
    ):
        yield refused(name, with_keys(values))
    twice = with_keys(lambda key: [key, "x"])
    yield refused("the right accept key and a wrong one", twice)
    yield refused("no accept key", without(ACCEPT))


def with_keys(values):
    """The lines of Sec-WebSocket-Accept, from the right key."""

    def change(answer):
        key = answer.split(b"Accept: ")[1].split(b"\r\n")[0].decode()
        return replaced(ACCEPT, *values(key))(answer)

    return change


def wrong_headers():
    yield refused("no Upgrade", without("Upgrade"))
    for value in ("", "h2c", "websockets", "websocket junk", "websocket/13"):
        yield refused(f"Upgrade: {value!r}", replaced("Upgrade", value))
    yield refused("no Connection", without("Connection"))
    for value in ("close", "keep-alive"):
        yield refused(f"Connection: {value!r}", replaced("Connection", value))
    deflate, other = added(f"{EXTENSIONS}: permessage-deflate"), added(f"{EXTENSIONS}: x-other")
    yield refused("an extension where none was offered", deflate)
    yield refused("an extension that was not offered", other, asks=deflate)


def wrong_http():
    yield refused("33 KiB of headers", added("X-Large: " + "x" * (33 * 1024)))
    yield refused("100 KiB of headers in lines", added(*["X-Any: " + "x" * 1000] * 100))
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 1000) for number in range(100))
    yield refused("100 KiB of headers of a refusal", lambda _: b"HTTP/1.1 403 No\r\n" + lines)
    yield refused("a blank before a colon", added("X-Any : x"))
    yield refused("NUL in a value", added("X-Any: a\x00b"))
    yield refused("no colon", added("X-Any"))
    yield refused("HTTP/1.0", swapped(b"HTTP/1.1", b"HTTP/1.0"))
    yield refused("HTTP/2", swapped(b"HTTP/1.1", b"HTTP/2"))
    yield refused("a status of two digits", swapped(b"101", b"10"))
    yield refused("a status below 100", lambda _: b"HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n")
    yield refused("octets that are no HTTP", lambda _: b"\x00\x01\x02 what is HTTP?\r\n\r\n")
    yield refused("frames without an answer", lambda _: text("early").encode(APP) * 100)
    late = {"status": 504, "rejection": "app_timeout", "app_error": "timeout"}
    yield answered("no answer", lambda _: b"", **late)
    yield answered("half an answer", lambda answer: answer[:40], **late)


def other_answers():
    empty = b"HTTP/1.1 %d Any\r\nContent-Length: 0\r\n\r\n"
    for status in (200, 201, 301, 302, 307, 400, 401, 403, 404, 405, 426, 429, 500, 502, 503):
        yield relayed(f"status {status}", empty % status, status)
    nothing = b"HTTP/1.1 204 No Content\r\n\r\n"
    yield relayed("status 204", nothing, 204)
    forbidden = b"HTTP/1.1 403 Forbidden\r\n"
    headers = (("content-length", "5"),)
    yield relayed("a body", forbidden + b"Content-Length: 5\r\n\r\nno!\r\n", 403, headers=headers)
    chunks = forbidden + b"Transfer-Encoding: chunked\r\n\r\n5\r\nno!\r\n\r\n0\r\n\r\n"
    yield relayed("a body in chunks", chunks, 403, headers=headers)
    trailers = chunks[:-2] + b"X-Trailer: 1\r\nContent-Type: text/x\r\n\r\n"
    yield relayed("a body in chunks with trailers", trailers, 403, headers=headers)
    twice = added("Content-Length: 0")(empty % 403)
    yield relayed("a length told twice", twice, 403, headers=(("content-length", "0"),))
    login = added("WWW-Authenticate: Basic")(empty % 401)
    headers = (("www-authenticate", "Basic"),)
    yield relayed("a question for a password", login, 401, headers=headers)
    for phrase in ("100 Continue", "102 Processing", "103 Early Hints"):
        first = f"HTTP/1.1 {phrase}\r\n\r\n".encode()
        switches = lambda answer, first=first: first + answer
        yield answered(f"{phrase} and then 101", switches)
        yield relayed(f"{phrase} and then 403", first + empty % 403, 403)


def pipelined():
    """Frames right behind the 101 wait until the session is open."""
    for name, frames in (
        ("a text", [text("early")]),
        ("a hundred messages", [text("early"), binary(b"\xff")] * 50),
        ("64 KiB", [binary(bytes(65536))]),
        ("pongs and a text in fragments", [pong(), text("ear", fin=False), continuation(b"ly")]),
    ):
        early = b"".join(frame.encode(APP) for frame in frames)
        more = lambda answer, early=early: answer + early
        yield answered(f"{name} behind it", more, hears=tuple(frames))
    for name, octets, *broken in (
        ("a masked frame", text("x", wrong_mask=True).encode(APP), "frame is masked"),
        ("a reserved opcode", b"\x83\x00", "opcode is reserved"),
        ("a second answer", b"HTTP/1.1 200 OK\r\n\r\n", "reserved bits are set"),
        ("text that is not UTF-8", text(b"\xff").encode(APP), "text is not UTF-8", 1007),
    ):
        more = lambda answer, octets=octets: answer + octets
        yield answered(f"{name} behind it", more, behind=(), verdict=BrokenByApp(*broken))


class BrokenByApp(Broken):
    """A table of handshakes tells the end from the client's leg."""

    def on(self, leg):
        ending = super().on(APP)
        return ending._replace(sender=ending.other, other=ending.sender)


CASES = (
    *spelled(),
    *wrong_keys(),
    *wrong_headers(),
    *wrong_http(),
    *other_answers(),
    *pipelined(),
)
