"""Text and binary messages at the edges of the three forms of a length, in writes of any size."""

from harness.case import RAW, relayed
from harness.frames import binary, text

TITLE = "1 framing"
LENGTHS = (0, 1, 125, 126, 127, 128, 65535, 65536)


def cases():
    for name, frame, octet in (("text", text, b"*"), ("binary", binary, b"\xfe")):
        for length in LENGTHS:
            whole = frame(octet * length)
            yield relayed(f"{name} of {length} octets", whole)
            yield relayed(f"{name} of {length} octets in writes of 997", whole, piece=997)
            # Only raw ends for the long ones: so many small reads take the libraries seconds.
            how = {"partners": (RAW,)} if length > 128 else {}
            if length < 65536:
                alone = f"{name} of {length} octets, each written alone"
                yield relayed(alone, whole, piece=1, **how)
    yield relayed("one empty message after another", text(), binary(), text(), text())
    yield relayed(
        "every length from 0 to 300 in turns", *(binary(bytes(length)) for length in range(301))
    )


CASES = tuple(cases())
