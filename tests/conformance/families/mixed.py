"""Masks, lengths that are not in their shortest form, everything at once. RFC 6455 §5.2, §5.3."""

import random

from harness.arena import RAW
from harness.case import Case, refused, relayed
from harness.frames import (
    APP,
    CLIENT,
    binary,
    close,
    continuation,
    fragments,
    pieces,
    ping,
    pong,
    text,
)

TITLE = "10 masks, lengths and mixtures"
LENGTH = "payload length is not in its shortest form"
MASKS = {CLIENT: "frame is not masked", APP: "frame is masked"}


def masks():
    for leg, detail in MASKS.items():
        for name, frame in (
            ("text", text("wrong", wrong_mask=True)),
            ("empty text", text(wrong_mask=True)),
            ("binary", binary(b"wrong", wrong_mask=True)),
            ("first fragment", text("wrong", fin=False, wrong_mask=True)),
            ("ping", ping(b"wrong", wrong_mask=True)),
            ("pong", pong(b"wrong", wrong_mask=True)),
            ("close", close(1000, wrong_mask=True)),
            ("64 KiB", binary(bytes(65536), wrong_mask=True)),
            ("frame that never comes", binary(announced=65536, wrong_mask=True)),
        ):
            name = f"{name}: {detail}"
            yield refused(name, detail, frame, legs=(leg,))
            good = [text("good"), ping(b"?")]
            yield refused(f"{name}, after good frames", detail, frame, good=good, legs=(leg,))
            if len(frame.payload) < 126:
                yield refused(f"{name}, each octet alone", detail, frame, legs=(leg,), piece=1)
        more = continuation(b"wrong", wrong_mask=True)
        good = [text("good", fin=False)]
        yield refused(f"continuation: {detail}", detail, more, good=good, legs=(leg,))
    client = {"legs": (CLIENT,)}
    zero, ones, letters = bytes(4), b"\xff" * 4, "κό".encode()
    for key in (zero, ones, letters):
        whole = text("κόσμε" * 20, key=key)
        yield relayed(f"mask {key.hex()}", whole, ping(b"?", key=key), **client)
        yield relayed(f"mask {key.hex()} for every octet", *[text("κ", key=key)] * 50, **client)
        split = [text("κόσμε", fin=False, key=key), continuation("κόσμε".encode(), key=ones)]
        yield relayed(f"mask {key.hex()} and another in one message", *split, **client)


def lengths():
    for extended, sizes in ((2, (0, 1, 124, 125)), (8, (0, 125, 126, 127, 65534, 65535))):
        for size in sizes:
            name = f"{size} octets with a length of {8 * extended} bits"
            long = binary(bytes(size), length_bytes=extended)
            yield refused(name, LENGTH, long)
            yield refused(f"{name}, after a good text", LENGTH, long, good=[text("good")])
            more = continuation(bytes(size), length_bytes=extended)
            good = [text("good", fin=False)]
            yield refused(f"{name}, in a continuation", LENGTH, more, good=good)
        for name, frame in (
            ("ping", ping(b"?" * 125, length_bytes=extended)),
            ("pong", pong(b"?", length_bytes=extended)),
            ("close", close(1000, length_bytes=extended)),
        ):
            yield refused(f"{name} with a length of {8 * extended} bits", LENGTH, frame)
    for size in (1 << 63, (1 << 63) + 5, (1 << 64) - 1):
        for frame, name in ((text, "text"), (binary, "binary"), (ping, "ping")):
            yield refused(f"{name} of {size:#x} octets", LENGTH, frame(announced=size))
    said = text("hello", length_bytes=2)
    yield refused("hello with a length of 16 bits", LENGTH, said)


def mixtures():
    message = b"*" * 65536
    first, *rest = pieces(message, 1300)
    fragmented = fragments(binary(first, fin=False), *rest)
    yield relayed("64 KiB in fragments of 1300 octets, written in 1300", *fragmented, piece=1300)
    for seed in range(20):
        stream, piece = random_stream(random.Random(seed))
        yield relayed(f"random frames {seed} in writes of {piece}", *stream, piece=piece)
    frame = binary(b"from the other end" * 1000)
    for name, good in (
        ("a ping", [ping(b"?"), text("sent behind it")]),
        ("ten messages", [text("good")] * 10),
        ("a fragmented message", [text("one", fin=False), continuation(b"two")]),
    ):
        name = f"{name} while the other end is inside a frame"
        yield Case(name, tuple(good), meanwhile=frame, partners=(RAW,))


def random_stream(draw):
    """Frames as a peer that keeps all rules may send them; (frames, octets in a write)."""
    stream, begun = [], False
    for _ in range(draw.randrange(5, 60)):
        size = draw.choice((0, 1, 5, 125, 126, 300, draw.randrange(5000)))
        kind = draw.randrange(4)
        if kind == 0:
            stream.append(ping(draw.randbytes(draw.choice((0, 1, 9, 125)))))
        elif kind == 1:
            stream.append(pong(draw.randbytes(draw.choice((0, 1, 8, 125)))))
        elif begun:
            begun = draw.randrange(3) > 0
            stream.append(continuation(b"*" * size, fin=not begun))
        else:
            begun = draw.randrange(2) > 0
            whole = draw.choice((text, binary))
            stream.append(whole(b"*" * size, fin=not begun))
    if begun:
        stream.append(continuation())
    return stream, draw.choice((0, 3, 61, 997))


CASES = (*masks(), *lengths(), *mixtures())
