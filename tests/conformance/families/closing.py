"""Codes and reasons that pass, or do not, and frames behind a Close. RFC 6455 §5.5.1, §7."""

from harness.arena import RAW
from harness.case import Case, Torn, closed, refused
from harness.frames import APP, CLOSE, Frame, binary, close, continuation, ping, pong, text
from harness.peer import NO_CODE, Told
from harness.verdicts import Answered, Lost

TITLE = "7 closing"
# 1012 to 1014 came to IANA's registry after the RFC.
VALID = (*range(1000, 1004), *range(1007, 1015), 3000, 3333, 3999, 4000, 4444, 4999)
INVALID = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65535)
BAD_CODE = "Close frame with a code that may not be sent"
HALF_CODE = "Close frame with half a status code"
BAD_REASON = "Close frame with a reason that is not UTF-8"
TOO_LONG = "control frame is longer than 125 bytes"
DONE = Told(1000, "done")


def codes():
    for code in VALID:
        yield closed(f"code {code}", Told(code), close(code))
        yield closed(f"code {code} with a reason", Told(code, "why"), close(code, b"why"))
    for code in INVALID:
        yield refused(f"code {code}", BAD_CODE, close(code))
        yield refused(f"code {code} with a reason", BAD_CODE, close(code, b"why"))
        yield refused(f"code {code} after a text", BAD_CODE, close(code), good=[text("good")])


def payloads():
    yield closed("no code", NO_CODE, close())
    yield closed("no code, each octet alone", NO_CODE, close(), piece=1)
    yield closed("each octet alone", DONE, close(1000, b"done"), piece=1)
    yield closed("a reason of 123 octets", Told(1000, "r" * 123), close(1000, b"r" * 123))
    reason = "Grüße, κόσμε, 😀"
    yield closed("a reason beyond ASCII", Told(4000, reason), close(4000, reason.encode()))
    for octet in (b"\x00", b"\x03", b"\xff"):
        yield refused(f"half a code, {octet.hex()}", HALF_CODE, Frame(CLOSE, octet))
    for length in (126, 127, 65536):
        yield refused(f"{length} octets", TOO_LONG, Frame(CLOSE, b"\x03\xe8" + b"r" * (length - 2)))
    for name, reason in (
        ("a surrogate", b"\xed\xa0\x80"),
        ("a word and a surrogate", "κόσμε".encode() + b"\xed\xa0\x80edited"),
        ("an overlong slash", b"\xc0\xaf"),
        ("half a character", b"half \xce"),
        ("an octet that never occurs", b"\xff"),
    ):
        yield refused(f"a reason with {name}", BAD_REASON, close(1000, reason), code=1007)
    yield refused("a bad code and a bad reason", BAD_CODE, close(1005, b"\xff"))


def answers():
    """Codes pass unchanged, those of answers too."""
    for name, asked, told, answer, answered in (
        ("4005 to 1000", close(1000, b"done"), DONE, close(4005, b"why"), Told(4005, "why")),
        ("1000 to 4001", close(4001, b"bye"), Told(4001, "bye"), close(1000), Told(1000)),
        ("1011 to no code", close(), NO_CODE, close(1011, b"broke"), Told(1011, "broke")),
        ("no code to 1000", close(1000, b"done"), DONE, close(), NO_CODE),
        ("another reason", close(1000, b"done"), DONE, close(1000, b"seen"), Told(1000, "seen")),
    ):
        for good, after in (([], ""), ([text("good")], " after a text")):
            yield Case(
                f"an answer of its own: {name}{after}",
                tuple(good),
                last=(asked,),
                verdict=Answered(told, answered),
                answer=answer,
                partners=(RAW,),
            )


def behind():
    end = close(1000, b"done")
    for name, after in (
        ("a text", [text("late")]),
        ("a fragment", [binary(b"late", fin=False)]),
        ("a ping", [ping(b"late")]),
        ("a pong", [pong(b"late")]),
        ("another Close", [close(4000, b"late")]),
        ("the same Close", [end]),
        ("a Close with a bad code", [close(1005)]),
        ("a reserved opcode", [Frame(3)]),
        ("a reserved bit", [text("late", reserved=4)]),
        ("text that is not UTF-8", [text(b"\xff")]),
        ("a frame with the wrong mask", [text("late", wrong_mask=True)]),
        ("octets that are no frames", [b"\xff" * 300]),
        ("256 KiB", [binary(bytes(1 << 18))]),
    ):
        yield closed(f"{name} behind a Close", DONE, end, *after)
        yield closed(f"{name} behind a text and a Close", DONE, end, *after, good=[text("good")])


def inside_messages():
    end = close(1000, b"done")
    begin = text("first ", fin=False)
    yield closed("between fragments", DONE, end, good=[begin])
    late = continuation(b"late")
    yield closed("between fragments, then the last one", DONE, end, late, good=[begin])
    yield closed("between fragments after a ping", DONE, end, good=[begin, ping(b"?")])
    yield closed("inside a character", DONE, end, good=[text(b"\xce", fin=False)])
    yield closed("no code between fragments", NO_CODE, close(), good=[begin])


def vanishing():
    begin = text("first ", fin=False)
    for name, good, last in (
        ("at once", [], ()),
        ("after a message", [text("good")], ()),
        ("between fragments", [begin], ()),
        ("inside a header", [text("good")], (b"\x81",)),
        ("inside a ping", [text("good")], (ping(b"?", announced=100),)),
        ("inside a Close", [text("good")], (close(1000, announced=100),)),
    ):
        yield Case(f"the end of the connection {name}", tuple(good), last=last, verdict=Lost())
    inside = Lost(inside_frame=True)
    for name, good, frame, passing in (
        ("inside a text", [text("good")], text("never whole"), 5),
        ("inside a first fragment", [], binary(b"never whole", fin=False), 5),
        ("inside a continuation", [begin], continuation(b"never whole"), 5),
        ("inside a character", [], text("日本語"), 5),
        ("behind a header", [text("good")], binary(b"never sent"), 0),
    ):
        torn = Torn(frame, passing, then=0)
        name = f"the end of the connection {name}"
        yield Case(name, tuple(good), torn=torn, verdict=inside)
    huge = Torn(binary(bytes(500), announced=1 << 62), 400, then=0)
    name = "the end of the connection inside an application's frame of 2^62 octets"
    yield Case(name, torn=huge, verdict=inside, legs=(APP,))


CASES = (*codes(), *payloads(), *answers(), *behind(), *inside_messages(), *vanishing())
