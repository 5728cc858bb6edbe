"""Which requests are upgrades, and what of them reaches the application. RFC 6455 §4.2.1."""

from harness.arena import ECHO, RAW
from harness.edits import added, replaced, swapped, without
from harness.frames import APP, CLIENT, binary, text
from harness.handshake import GREETING, Handshake, refused
from harness.verdicts import Broken

TITLE = "0 upgrade requests"
KEY, VERSION = "Sec-WebSocket-Key", "Sec-WebSocket-Version"
SAMPLE = "dGhlIHNhbXBsZSBub25jZQ=="  # of the RFC
REQUIRED = {"status": 426, "rejection": "upgrade_required"}

UPGRADES = (
    *("WebSocket", "WEBSOCKET", "websocket, h2c", "h2c, websocket", "\twebsocket  "),
    *("HTTP/2.0, websocket", "websocket ,, x/1 , y", "\", websocket"),
)
# RFC 9110 §7.8 has a list of names, each perhaps with a version; RFC 6455 has none for its own.
NO_UPGRADES = (
    *("", "h2c", "websockets", "web socket", "websocket junk", "websocket;x=1", "websocket/13"),
    *('"websocket"', "websocket:", "/websocket", "h2c websocket"),
)
HOSTS = ("gateway.test", "GATEWAY.test:80", "[::1]:8081", "a-b_c.d")  # of targets
WRONG_HOSTS = ("", "a b", "x/y", "u@h", "caf\xe9.test", "[::1", "::1", "a:b", "a, b")
CONNECTIONS = (
    *("upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade,keep-alive"),
    *("keep-alive ,\tupgrade", ", ,Upgrade,"),
)
WRONG_KEYS = {
    "empty": "",
    "of 5 octets": "c2hvcnQ=",
    "of 15 octets": "dGhlIHNhbXBsZSBub25j",
    "of 17 octets": "dGhlIHNhbXBsZSBub25jZSE=",
    "without padding": SAMPLE.rstrip("="),
    "with half its padding": SAMPLE[:-1],
    "with a blank inside": "dGhlIHNh XBsZSBub25jZQ==",
    "in base64 for URLs": "dGhlIHNhb-BsZSBub2_jZQ==",
    "and another in one line": f"{SAMPLE}, {SAMPLE}",
}
WRONG_VERSIONS = ("", *("0", "7", "8", "12", "14", "130"), *("013", "+13", "13.0", "13, 8", "x"))


def spelled():
    yield Handshake("as it should be")
    yield Handshake("each octet written alone", piece=1)
    yield Handshake("header names in lower case", lambda head: with_names(head, str.lower))
    yield Handshake("header names in upper case", lambda head: with_names(head, str.upper))
    for value in UPGRADES:
        yield Handshake(f"Upgrade: {value!r}", replaced("Upgrade", value))
    for value in CONNECTIONS:
        yield Handshake(f"Connection: {value!r}", replaced("Connection", value))
    yield Handshake("two lines of Connection", replaced("Connection", "keep-alive", "Upgrade"))
    yield Handshake("two lines of Upgrade", replaced("Upgrade", "h2c", "websocket"))
    yield Handshake("a key within blanks", replaced(KEY, f"  {SAMPLE}\t"))
    yield Handshake("a key with + and /", replaced(KEY, "+/+/+/+/+/+/+/+/+/+/+w=="))
    yield Handshake("an unknown header twice", added("X-Any: 1", "X-Any: 2"))
    yield Handshake("Content-Length: 0", added("Content-Length: 0"))
    query = swapped(b" HTTP", b"&a=%20b&c=/../?d HTTP")
    yield Handshake("a query", query, partners=(ECHO,))
    yield Handshake("a letter of the path encoded", swapped(b"/echo", b"/%65cho"), partners=(ECHO,))
    empty = lambda head: b"\r\n" + head
    yield Handshake("an empty line in front", empty, partners=(ECHO,))
    path = swapped(b"/echo", b"/echo/" + b"p" * 4096)
    yield Handshake("a path of 4 KiB", path, partners=(ECHO,))
    almost = added("X-Large: " + "x" * (31 * 1024))
    yield Handshake("31 KiB of headers", almost, partners=(ECHO, RAW))


def absolute():
    """RFC 9112 §3.2.2: a server accepts the form for proxies, and its host is the one that counts."""
    for uri in ("http://gateway.test", "https://gateway.test", "HTTP://gateway.test"):
        yield Handshake(f"a target behind {uri}", with_origin(uri))
    for host in HOSTS:
        reaches = (f"Host: {host}",)
        target = with_origin(f"http://{host}")
        yield Handshake(f"a target with the host {host}", target, reaches=reaches, partners=(RAW,))
    uri = with_origin("http://gateway.test")
    other = lambda head: replaced("Host", "other.test")(uri(head))
    reaches = ("Host: gateway.test",)
    yield Handshake("a target with another host", other, reaches=reaches, partners=(RAW,))
    yield refused("a target with a host, and no Host", lambda head: without("Host")(uri(head)))
    twice = lambda head: added("Host: gateway.test")(uri(head))
    yield refused("a target with a host, and two Hosts", twice)


def with_origin(uri):
    return swapped(b"GET /", f"GET {uri}/".encode())


def with_names(head, change):
    first, *lines = head.decode().split("\r\n")
    parts = [line.partition(":") for line in lines]
    changed = [change(name) + colon + value for name, colon, value in parts]
    return "\r\n".join([first, *changed]).encode()


def forwarded():
    for line in ("Origin: https://a.test", "Cookie: a=1; b=2", "X-Name: \xfc\xdf", "X-Empty: "):
        name = f"{line!r} reaches the application"
        yield Handshake(name, added(line), reaches=(line,), partners=(RAW,))
    name = "Sec-WebSocket-Protocol"
    lines = (f"{name}: x-one", f"{name}: x-two, x-three")
    yield Handshake(f"two lines of {name}", added(*lines), reaches=lines, partners=(RAW,))
    # Frames of others could not be relayed.
    name, known = "Sec-WebSocket-Extensions", "permessage-deflate"
    lines = (f"{name}: x-one, {known}; server_no_context_takeover", f"{name}: {known}")
    reaches = (f"{name}: {known}; server_no_context_takeover, {known}",)
    yield Handshake("offers of extensions", added(*lines), reaches=reaches, partners=(RAW,))
    # RFC 9112 §5.2: who does not refuse a folded header unfolds it before it passes it on.
    for name, lines in (
        ("a folded header", ["X-Any: folded", " over two lines"]),
        ("a header folded with a tab", ["X-Any: folded", "\tover two lines"]),
        ("a header folded twice", ["X-Any: folded", " ", " over two lines"]),
    ):
        whole = ("X-Any: folded over two lines",)
        yield Handshake(f"{name} is unfolded", added(*lines), reaches=whole, partners=(RAW,))


def wrong_headers():
    yield refused("no Host", without("Host"))
    for value in WRONG_HOSTS:
        yield refused(f"Host: {value!r}", replaced("Host", value))
    yield refused("two Hosts", added("Host: other.test"))
    for name, key in WRONG_KEYS.items():
        yield refused(f"a key {name}", replaced(KEY, key))
    yield refused("no key", without(KEY))
    yield refused("the key in two lines", replaced(KEY, SAMPLE, SAMPLE))
    for value in WRONG_VERSIONS:
        yield refused(f"version {value!r}", replaced(VERSION, value), **REQUIRED)
    yield refused("no version", without(VERSION), **REQUIRED)
    yield refused("versions 8 and 13", replaced(VERSION, "8", "13"), **REQUIRED)
    for second in ("8", "13"):
        both = replaced(VERSION, "13", second)
        yield refused(f"versions 13 and {second}", both)
    for value in NO_UPGRADES:
        yield refused(f"Upgrade: {value!r}", replaced("Upgrade", value), **REQUIRED)
    for value in ("", "close", "keep-alive", "Upgraded"):
        yield refused(f"Connection: {value!r}", replaced("Connection", value), **REQUIRED)
    yield refused("Connection: 'Up grade'", replaced("Connection", "Up grade"))
    yield refused("no Upgrade", without("Upgrade"), **REQUIRED)
    yield refused("no Connection", without("Connection"), **REQUIRED)
    neither = lambda head: without("Upgrade")(without("Connection")(head))
    yield refused("neither Upgrade nor Connection", neither, **REQUIRED)


def pipelined():
    """Frames behind the request, in the same write: they wait until the session is open."""
    yield Handshake("nothing behind it", behind=())
    yield Handshake("twenty frames behind it", behind=(GREETING, binary(b"\xff")) * 10)
    yield Handshake("64 KiB behind it", behind=(binary(bytes(65536)),))
    for name, octets, verdict in (
        ("an unmasked frame", text("x").encode(APP), Broken("frame is not masked")),
        ("bad UTF-8", text(b"\xff").encode(CLIENT), Broken("text is not UTF-8", 1007)),
        ("a second request", b"GET / HTTP/1.1\r\n\r\n", Broken("reserved bits are set")),
    ):
        more = lambda head, octets=octets: head + octets
        yield Handshake(f"{name} behind it", more, behind=(), verdict=verdict)


CASES = (*spelled(), *absolute(), *forwarded(), *wrong_headers(), *pipelined())
