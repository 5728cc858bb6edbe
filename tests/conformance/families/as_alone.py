"""Every row of the other tables that a client may play, without an extension: the gateway is as
strict as an application of Boost.Beast alone. What is good before a violation, even in the same
segment, is answered before the Close."""

from families import closing, fragmentation, framing, limits, mixed, opcodes, pings
from families import reserved_bits, utf8
from harness.alone import AsAlone
from harness.case import closed
from harness.frames import CLIENT, binary, close, continuation, text
from harness.peer import NO_CODE, Told
from harness.verdicts import Answered, Broken, Closed, Lost

TITLE = "13 as an application alone"
SETTINGS = {"with_beast": True}
TABLES = (
    (framing, "framing"),
    (pings, "pings"),
    (reserved_bits, "bits"),
    (opcodes, "opcodes"),
    (fragmentation, "fragments"),
    (utf8, "UTF-8"),
    (closing, "closing"),
    (limits, "limits"),
    (mixed, "mixed"),
)
DONE = Told(1000, "done")


# What Beast lets pass, or answers, in its own way: there is nothing to compare.
NOT_COMPARED = (
    "and an empty last frame",  # half a character before it: Beast does not look again
    "code 1014",  # registered after Beast was written
    "code 5000",
    "code 65535",
    " of 0x",  # lengths of 2^63 octets and more
    "in binary, ping and pong",  # sixty rows that say the same
)


def plays_alone(case):
    """A client's, and the end is told by somebody: who vanishes hears nothing from anybody."""
    return (
        CLIENT in case.legs
        and case.offer is None
        and case.meanwhile is None
        and not isinstance(case.verdict, (Answered, Lost))
        and not (isinstance(case.verdict, Broken) and case.verdict.code == 1009)  # our own limit
        and not any(words in case.name for words in NOT_COMPARED)
    )


def differences(case):
    """What the application says where it is not what the table says; and why, if both are right."""
    if "a reason with" in case.name and isinstance(case.verdict, Broken):
        return {"code": 1002, "differs": "a reason that is not UTF-8 is 1007 here"}
    if case.verdict == Closed(NO_CODE):
        return {"code": 1000}  # Beast's answer to a Close without a code
    return {}


def tables():
    for module, word in TABLES:
        for case in module.CASES:
            if plays_alone(case):
                yield AsAlone(f"{word}: {case.name}", case, **differences(case))


def half_closed():
    """RFC 6455 §5.5.1: who has sent a Close may still be answered, whatever its TCP does."""
    end = close(1000, b"done")
    for name, good in (
        ("a Close", []),
        ("a text and a Close", [text("the last words")]),
        ("ten messages and a Close", [text("a"), binary(b"b")] * 5),
        ("fragments and a Close", [text("first ", fin=False), continuation(b"second")]),
        ("64 KiB and a Close", [binary(bytes(65536))]),
    ):
        case = closed(name, DONE, end, good=good, legs=(CLIENT,))
        name = f"{name} and the end of TCP at once"
        yield AsAlone(name, case, is_half_closed=True, times=50 if len(good) == 1 else 10)


CASES = (*tables(), *half_closed())
