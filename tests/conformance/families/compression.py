"""permessage-deflate: what client and application agreed on passes as it is. RFC 7692."""

import random

from harness.arena import ECHO, MESSAGE_LIMIT, RAW, WEBSOCKETS
from harness.case import Case, refused, relayed
from harness.deflate import RSV1, Deflater
from harness.frames import APP, BINARY, CLIENT, TEXT, binary, close, continuation, ping, pong, text

TITLE = "12 compression"
SET = "reserved bits are set"
PLAIN = "permessage-deflate"

# What a client offers, and what the raw application answers.
OFFERS = {
    PLAIN: PLAIN,
    f"{PLAIN}; client_max_window_bits": f"{PLAIN}; client_max_window_bits=9",
    f"{PLAIN}; client_max_window_bits=9": f"{PLAIN}; client_max_window_bits=9",
    f"{PLAIN}; client_no_context_takeover": f"{PLAIN}; client_no_context_takeover",
    f"{PLAIN}; server_no_context_takeover": f"{PLAIN}; server_no_context_takeover",
    f"{PLAIN}; server_max_window_bits=9": f"{PLAIN}; server_max_window_bits=9",
    f"{PLAIN}; server_max_window_bits=15": PLAIN,
    f"{PLAIN}; client_no_context_takeover; server_no_context_takeover": (
        f"{PLAIN}; server_no_context_takeover; client_no_context_takeover"
    ),
    f"{PLAIN}; server_max_window_bits=10, {PLAIN}": PLAIN,
}

NOISE = random.Random(12).randbytes(20_000)
PROSE = b"All work and no play makes Jack a dull boy. "

# {name: ([(opcode, payload)], octets in a fragment, octets in a write)}
STREAMS = {
    "a text": ([(TEXT, b"Hello")], None, 0),
    "an empty text": ([(TEXT, b"")], None, 0),
    "octets that do not compress": ([(BINARY, NOISE)], None, 0),
    "64 KiB": ([(TEXT, (PROSE * 1500)[:65536])], None, 0),
    "64 KiB in writes of 997": ([(TEXT, (PROSE * 1500)[:65536])], None, 997),
    "a text, each octet written alone": ([(TEXT, PROSE * 3)], None, 1),
    "fragments of 8 octets": ([(TEXT, PROSE * 50)], 8, 0),
    "fragments of 100 octets": ([(BINARY, NOISE), (TEXT, PROSE)], 100, 0),
    "twenty alike": ([(TEXT, PROSE)] * 20, None, 0),
    "twenty of many kinds": (
        [(BINARY, NOISE[:50]), (TEXT, PROSE), (TEXT, b""), (TEXT, PROSE)] * 5,
        None,
        0,
    ),
}


def packed(offer, stream, size):
    deflater = Deflater(
        window_bits=9 if "client_max_window_bits" in offer else 15,
        takeover="client_no_context_takeover" not in offer,
    )
    return [frame for message in stream for frame in deflater.frames(*message, size)]


def agreed():
    for offer, accept in OFFERS.items():
        for name, (stream, size, piece) in STREAMS.items():
            yield Case(
                f"{name} ({offer})",
                tuple(packed(offer, stream, size)),
                meant=tuple(stream),
                piece=piece,
                offer=offer,
                accept=accept,
                partners=(RAW, ECHO, WEBSOCKETS),
                legs=(CLIENT,),
            )


def from_applications():
    for name, (stream, size, piece) in STREAMS.items():
        for accept, deflater in (
            (PLAIN, Deflater()),
            (f"{PLAIN}; server_no_context_takeover", Deflater(takeover=False)),
            (f"{PLAIN}; server_max_window_bits=9", Deflater(window_bits=9)),
        ):
            yield Case(
                f"{name} from an application ({accept})",
                tuple(frame for message in stream for frame in deflater.frames(*message, size)),
                meant=tuple(stream),
                piece=piece,
                offer=f"{PLAIN}; client_max_window_bits",  # as the websockets client has it
                accept=accept,
                partners=(RAW, WEBSOCKETS),
                legs=(APP,),
            )


def where_agreed(name, *good, **how):
    return relayed(name, *good, offer=PLAIN, accept=PLAIN, **how)


def mixtures():
    first, *rest = Deflater().frames(TEXT, PROSE * 50, 30)
    packed_word = Deflater().frames(TEXT, b"packed")
    yield where_agreed(
        "packed and unpacked messages in turns",
        *packed_word,
        text("unpacked"),
        binary(b"\xff"),
        *Deflater(takeover=False).frames(BINARY, b"\xff" * 1000),
        meant=((TEXT, b"packed"), (TEXT, b"unpacked"), (BINARY, b"\xff"), (BINARY, b"\xff" * 1000)),
    )
    frames = [first, ping(b"?"), *rest[:-1], ping(b"!"), pong(), rest[-1]]
    meant = ((TEXT, PROSE * 50),)
    yield where_agreed("pings between packed fragments", *frames, meant=meant)
    frames = [text("un", fin=False), continuation(b"packed")]
    yield where_agreed("an unpacked message in fragments", *frames)
    empty = [binary(b"\x02\x00", reserved=RSV1), text(b"\x00", reserved=RSV1)]
    yield where_agreed("the empty message in two forms", *empty, meant=((BINARY, b""), (TEXT, b"")))
    # What is packed is for the ends to judge: the gateway does not inflate.
    raw = {"partners": (RAW,)}
    noise = binary(b"\xff" * 100, reserved=RSV1)
    yield where_agreed("octets that nobody can inflate", noise, **raw)
    bad_text = Deflater().frames(TEXT, b"\xed\xa0\x80")
    yield where_agreed("packed text that is not UTF-8", *bad_text, **raw)
    bomb = Deflater(level=9).frames(BINARY, bytes(8 * MESSAGE_LIMIT))
    yield where_agreed("a small frame that inflates beyond the limit", *bomb, **raw)


def not_agreed():
    declined = {"offer": PLAIN, "partners": (RAW,)}
    first, *_ = Deflater().frames(TEXT, PROSE * 50, 30)
    word = Deflater().frames(TEXT, b"packed")[0]
    for name, how in (("not offered", {}), ("declined", declined)):
        yield refused(f"a packed message, {name}", SET, word, **how)
        good = [text("good")]
        yield refused(f"a packed message after a plain one, {name}", SET, word, good=good, **how)
        yield refused(f"a packed fragment, {name}", SET, first, **how)


def refused_where_agreed(name, detail, *bad, **how):
    return refused(name, detail, *bad, offer=PLAIN, accept=PLAIN, **how)


def reserved_bits():
    first, more, *_ = Deflater().frames(TEXT, PROSE * 50, 30)
    good = Deflater().frames(TEXT, PROSE)
    for bits in (4, 5, 6, 7, 1, 2, 3):
        name = f"RSV {bits:03b}"
        for kind, frame in (
            ("ping", ping(b"?", reserved=bits)),
            ("pong", pong(b"?", reserved=bits)),
            ("close", close(1000, reserved=bits)),
        ):
            yield refused_where_agreed(f"{name} in a {kind}", SET, frame)
        packed_name, plain_name = f"{name} in a packed fragment", f"{name} in a plain fragment"
        bad = continuation(more.payload, fin=False, reserved=bits)
        yield refused_where_agreed(packed_name, SET, bad, good=[first], meant=())
        bad = continuation(b"packed", reserved=bits)
        yield refused_where_agreed(plain_name, SET, bad, good=[text("un", fin=False)])
        if bits != RSV1:
            bad = text(good[0].payload, reserved=bits)
            meant = ((TEXT, PROSE),)
            yield refused_where_agreed(f"{name} in a text", SET, bad, good=good, meant=meant)


def other_violations():
    first, more, *_ = Deflater().frames(TEXT, PROSE * 50, 30)
    word = Deflater().frames(TEXT, b"packed")[0]
    bad = text(b"\xc0\x80")
    detail = "text is not UTF-8"
    yield refused_where_agreed("unpacked text that is not UTF-8", detail, bad, code=1007)
    detail = "continuation frame without a message to continue"
    yield refused_where_agreed("a packed fragment of nothing", detail, more)
    detail = "new message inside a fragmented one"
    name = "a packed message inside another"
    yield refused_where_agreed(name, detail, word, good=[first], meant=())
    detail = "message is too big"
    huge = binary(reserved=RSV1, announced=MESSAGE_LIMIT + 1)
    how = {"code": 1009, "legs": (CLIENT,)}
    yield refused_where_agreed("packed octets beyond the limit", detail, huge, **how)


CASES = (
    *agreed(),
    *from_applications(),
    *mixtures(),
    *not_agreed(),
    *reserved_bits(),
    *other_violations(),
)
