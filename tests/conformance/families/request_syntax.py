"""Requests that HTTP does not allow, are too large, or do not end. RFC 9112."""

from harness.arena import ECHO
from harness.edits import added, swapped
from harness.handshake import Handshake, refused

TITLE = "0 HTTP of upgrade requests"
SETTINGS = {"handshake": "5s"}
LARGE = {"status": 431, "rejection": "headers_too_large"}

METHODS = ("POST", "PUT", "HEAD", "OPTIONS", "DELETE", "CONNECT", "FETCH", "get", "Get")
VERSIONS = ("HTTP/1.0", "HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/1", "http/1.1", "WS/1.1")
TARGETS = ("*", "gateway.test:80", "echo", "", "/echo /x", "/echo\t", "/echo\x00")
NO_HTTP_URIS = (
    *("http:/echo", "http://", "http:///echo", "http://:80/echo", "http://a b/echo"),
    *("http://user@gateway.test/echo", "http://gateway.test/echo#x", "http://gateway.test\\/echo"),
    *("ws://gateway.test/echo", "ftp://gateway.test/echo", "httpx://gateway.test/echo"),
)
BODIES = {
    "a length": ["Content-Length: 5"],
    "a negative length": ["Content-Length: -1"],
    "a length that is no number": ["Content-Length: x"],
    "two lengths": ["Content-Length: 0", "Content-Length: 5"],
    "chunks": ["Transfer-Encoding: chunked"],
    "packed chunks": ["Transfer-Encoding: gzip, chunked"],
    "a length and chunks": ["Content-Length: 5", "Transfer-Encoding: chunked"],
}
LINES = {
    "a blank before a colon": "X-Any : x",
    "a blank in a name": "X Any: x",
    "no colon": "X-Any",
    "no name": ": x",
    "NUL in a value": "X-Any: a\x00b",
    "a control octet in a value": "X-Any: a\x01b",
    "a bare CR in a value": "X-Any: a\rb",
    "octets beyond ASCII in a name": "X-\xfc: x",
}


def request_lines():
    for method in METHODS:
        yield refused(f"method {method}", swapped(b"GET ", method.encode() + b" "))
    for version in VERSIONS:
        yield refused(version, swapped(b"HTTP/1.1", version.encode()))
    yield refused("no version", swapped(b" HTTP/1.1", b""))
    for target in (*TARGETS, *NO_HTTP_URIS):
        yield refused(f"target {target!r}", with_target(target))
    uris = ("http://gateway.test", "http://gateway.test?/echo", "http://gateway.test/echoes")
    for target in ("/", "/echoes", "/ECHO", "/%65choes", *uris):
        missing = {"status": 404, "rejection": "no_route"}
        yield refused(f"no route for {target}", with_target(target), **missing)


def with_target(target):
    def edit(head):
        line, rest = head.split(b"\r\n", 1)
        method, _, version = line.split(b" ")
        return b" ".join([method, target.encode(), version]) + b"\r\n" + rest

    return edit


def bodies():
    for name, lines in BODIES.items():
        yield refused(f"a body: {name}", added(*lines))
    for coding in ("gzip", "chunked, gzip", "x"):
        line = added(f"Transfer-Encoding: {coding}")
        yield refused(f"a body: coding {coding!r}", line)


def syntax():
    for name, line in LINES.items():
        yield refused(name, added(line))
    yield refused("a folded request line", swapped(b"\r\nHost", b"\r\n X-Any: x\r\nHost"))
    yield refused("bare LF at the ends of lines", lambda head: head.replace(b"\r\n", b"\n"))
    for name, octets in (
        ("octets that are no request", bytes(range(14, 200)) + b"\r\n\r\n"),
        ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64)),
        ("HTTP/2 by prior knowledge", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ):
        yield refused(name, lambda _, octets=octets: octets)


def sizes():
    yield refused("a header of 33 KiB", added("X-Large: " + "x" * 33 * 1024), **LARGE)
    yield refused("5000 headers", added(*["X-Any: x"] * 5000), **LARGE)
    yield refused("a path of 40 KiB", swapped(b"/echo", b"/echo/" + b"p" * 40960), **LARGE)
    yield refused("a header without an end", lambda head: head[:-4] + b"x" * 70_000, **LARGE)


def unfinished():
    for name, length in (("nothing", 0), ("half a line", 10), ("half a request", 60)):
        part = lambda head, length=length: head[:length]
        gone = {"status": None, "rejection": "client_gone", "partners": (ECHO,)}
        yield Handshake(f"{name} and the end", part, **gone)
        late = {"status": 408, "rejection": "handshake_timeout"}
        yield refused(f"{name} and nothing more", part, **late)


CASES = (*request_lines(), *bodies(), *syntax(), *sizes(), *unfinished())
