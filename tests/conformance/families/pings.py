"""The gateway itself answers pings, on either leg; none crosses it. RFC 6455 §5.5.2, §5.5.3."""

from harness.arena import MESSAGE_LIMIT
from harness.case import refused, relayed
from harness.frames import PING, PONG, Frame, binary, continuation, ping, pong, text

TITLE = "2 pings and pongs"
TOO_LONG = "control frame is longer than 125 bytes"


def cases():
    for length in (0, 1, 7, 9, 124, 125):
        yield relayed(f"ping of {length} octets", ping(b"p" * length))
    yield relayed("ping of any octets", ping(bytes(range(125))))
    yield relayed("ping of octets that are no UTF-8", ping(b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff\xff"))
    yield relayed("ping of 125 octets, each written alone", ping(b"p" * 125), piece=1)
    yield relayed("empty ping, each octet written alone", ping(), piece=1)
    for opcode, name in ((PING, "ping"), (PONG, "pong")):
        for length in (126, 127, 65535, 65536):
            bad = Frame(opcode, bytes(length))
            yield refused(f"{name} of {length} octets", TOO_LONG, bad)
        announced = Frame(opcode, announced=126)
        yield refused(f"{name} of 126 octets that never come", TOO_LONG, announced)
        announced = Frame(opcode, announced=MESSAGE_LIMIT + 1)
        yield refused(f"{name} above the limit of a message", TOO_LONG, announced)
    yield relayed("unsolicited pong", pong())
    yield relayed("unsolicited pong with octets", pong(b"unasked"))
    yield relayed("unsolicited pong like a heartbeat's", pong(b"8 octets"))
    yield relayed("unsolicited pong, each octet written alone", pong(b"unasked"), piece=1)
    yield relayed("unsolicited pong before a ping", pong(b"unasked"), ping(b"asked"))
    yield relayed("ten unsolicited pongs and a message", *[pong(b"unasked")] * 10, text("heard"))
    ten = [ping(b"ping %d" % i) for i in range(10)]
    yield relayed("ten pings", *ten)
    yield relayed("ten pings, each octet alone", *ten, piece=1)
    long = [ping(b"%03d" % i + bytes(122)) for i in range(100)]
    yield relayed("a hundred pings of 125 octets", *long)
    yield relayed("pings and messages in turns", *[ping(b"between"), text("message")] * 20)
    yield relayed(
        "a ping between fragments",
        text("first ", fin=False),
        ping(b"between"),
        continuation(b"second"),
    )
    yield relayed("a ping behind 64 KiB", binary(bytes(65536)), ping(b"behind"))
    yield relayed("a ping before 64 KiB", ping(b"before"), binary(bytes(65536)))


CASES = tuple(cases())
