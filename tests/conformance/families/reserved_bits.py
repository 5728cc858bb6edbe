"""RSV1 to RSV3 without an extension that gives them a meaning. RFC 6455 §5.2."""

from harness.case import refused
from harness.frames import binary, close, continuation, ping, pong, text

TITLE = "3 reserved bits"
SET = "reserved bits are set"
FRAMES = {
    "empty text": text(),
    "text": text("reserved"),
    "binary": binary(b"reserved"),
    "first fragment": text("reserved", fin=False),
    "ping": ping(b"reserved"),
    "pong": pong(b"reserved"),
    "close": close(1000),
    "close without a code": close(),
    "stray continuation": continuation(b"reserved"),
}


def with_bits(frame, bits):
    return type(frame)(frame.opcode, frame.payload, frame.fin, bits)


def cases():
    for bits in range(1, 8):
        name = f"RSV {bits:03b}"
        for kind, frame in FRAMES.items():
            yield refused(f"{name} in a {kind}", SET, with_bits(frame, bits))
        bad = text("bad", reserved=bits)
        yield refused(f"{name} after a good text", SET, bad, good=[text("good")])
        good = [text("good"), ping(b"?")]
        yield refused(f"{name} after a good text and a ping", SET, bad, good=good)
        good = [text("good"), binary(b"good")]
        yield refused(f"{name} after two good messages", SET, bad, good=good)
        yield refused(f"{name} before a good text", SET, bad, text("good"), ping(b"?"))
        yield refused(
            f"{name} in a continuation",
            SET,
            continuation(b"bad", reserved=bits),
            good=[text("good", fin=False)],
        )
        yield refused(
            f"{name} in a ping between fragments",
            SET,
            ping(b"bad", reserved=bits),
            good=[text("good", fin=False)],
        )
        yield refused(f"{name}, each octet written alone", SET, bad, good=[text("good")], piece=1)
        announced = binary(reserved=bits, announced=65536)
        yield refused(f"{name} in a frame whose octets never come", SET, announced)


CASES = tuple(cases())
