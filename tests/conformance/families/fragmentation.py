"""Messages in several frames, and control frames between them. RFC 6455 §5.4, §5.5."""

from harness.case import refused, relayed
from harness.frames import binary, close, continuation, fragments, ping, pong, text

TITLE = "5 fragmentation"
STRAY = "continuation frame without a message to continue"
UNFINISHED = "new message inside a fragmented one"
CONTROL = "control frame is fragmented"


def good():
    begin = text("first ", fin=False)
    message = fragments(begin, b"second ", b"third")
    for piece, name in ((0, ""), (1, ", each octet alone")):
        yield relayed(f"two fragments{name}", begin, continuation(b"second"), piece=piece)
        yield relayed(f"three fragments{name}", *message, piece=piece)
        between = [begin, ping(b"?"), *message[1:]]
        yield relayed(f"a ping between fragments{name}", *between, piece=piece)
        around = [begin, ping(b"1"), pong(b"unasked"), message[1], ping(b"2"), message[2]]
        yield relayed(f"pings and a pong between fragments{name}", *around, piece=piece)
    yield relayed("empty fragments only", *fragments(text(fin=False), b"", b""))
    yield relayed("empty fragments around a full one", *fragments(text(fin=False), b"full", b""))
    yield relayed("an empty last fragment", begin, continuation())
    yield relayed("binary in fragments", *fragments(binary(b"\xff", fin=False), b"\xfe", b"\xfd"))
    yield relayed("a message in a thousand fragments", *fragments(begin, *[b"more "] * 1000))
    yield relayed("fragmented and whole messages in turns", *[*message, text("whole")] * 5)
    yield relayed("a fragment of 64 KiB", binary(bytes(65536), fin=False), continuation(b"end"))


def bad_order():
    begin = text("first ", fin=False)
    for name, frame in (
        ("continuation with FIN", continuation(b"stray")),
        ("continuation without FIN", continuation(b"stray", fin=False)),
        ("empty continuation", continuation()),
    ):
        yield refused(f"{name} at first", STRAY, frame)
        yield refused(f"{name} before a good text", STRAY, frame, text("good"))
        yield refused(f"{name} after a good text", STRAY, frame, good=[text("good")])
        message = fragments(begin, b"second")
        yield refused(f"{name} after a fragmented message", STRAY, frame, good=message)
        yield refused(f"{name} after a ping", STRAY, frame, good=[ping(b"?")])
        yield refused(f"{name}, each octet alone", STRAY, frame, good=[text("good")], piece=1)
    for name, frame in (
        ("text", text("new")),
        ("empty text", text()),
        ("binary", binary(b"new")),
        ("first fragment", binary(b"new", fin=False)),
    ):
        yield refused(f"{name} inside a message", UNFINISHED, frame, good=[begin])
        later = [begin, continuation(b"second", fin=False)]
        yield refused(f"{name} after two fragments", UNFINISHED, frame, good=later)
        pinged = [begin, ping(b"?")]
        yield refused(f"{name} inside a message after a ping", UNFINISHED, frame, good=pinged)
        yield refused(f"{name} inside, each octet alone", UNFINISHED, frame, good=[begin], piece=1)
        end = continuation()
        yield refused(f"{name} before the last fragment", UNFINISHED, frame, end, good=later)


def fragmented_control():
    begin = text("first ", fin=False)
    for name, frame in (
        ("ping", ping(b"?", fin=False)),
        ("empty ping", ping(fin=False)),
        ("pong", pong(b"unasked", fin=False)),
        ("close", close(1000, fin=False)),
    ):
        yield refused(f"{name} without FIN", CONTROL, frame)
        yield refused(f"{name} without FIN and a continuation", CONTROL, frame, continuation(b"."))
        yield refused(f"{name} without FIN between fragments", CONTROL, frame, good=[begin])
        yield refused(f"{name} without FIN after a text", CONTROL, frame, good=[text("good")])
        yield refused(f"{name} without FIN, each octet alone", CONTROL, frame, piece=1)


CASES = (*good(), *bad_order(), *fragmented_control())
