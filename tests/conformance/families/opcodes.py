"""Opcodes that nobody has given a meaning to. RFC 6455 §5.2."""

from harness.case import refused
from harness.frames import Frame, binary, close, continuation, ping, text

TITLE = "4 reserved opcodes"
RESERVED = "opcode is reserved"


def cases():
    for opcode in (*range(3, 8), *range(11, 16)):
        name = f"opcode {opcode}"
        empty, full = Frame(opcode), Frame(opcode, b"reserved")
        yield refused(f"{name}, empty", RESERVED, empty)
        yield refused(f"{name} with octets", RESERVED, full)
        yield refused(f"{name} without FIN", RESERVED, Frame(opcode, b"reserved", fin=False))
        yield refused(f"{name} after a good text", RESERVED, full, good=[text("good")])
        yield refused(f"{name} after a ping", RESERVED, full, good=[binary(b"good"), ping(b"?")])
        yield refused(f"{name} before a ping and a text", RESERVED, full, ping(b"?"), text("good"))
        yield refused(f"{name} before a Close", RESERVED, empty, close(1000))
        yield refused(f"{name}, each octet alone", RESERVED, full, good=[text("good")], piece=1)
        yield refused(f"{name} of 126 octets", RESERVED, Frame(opcode, bytes(126)))
        open_message = [text("good", fin=False)]
        yield refused(f"{name} between fragments", RESERVED, full, good=open_message)
        more = continuation(b"good")
        yield refused(f"{name} before the last fragment", RESERVED, empty, more, good=open_message)


CASES = tuple(cases())
