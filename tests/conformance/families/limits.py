"""Messages up to `limits.message` and beyond it; an application's are not bounded."""

from harness.arena import MESSAGE_LIMIT
from harness.case import refused, relayed
from harness.frames import APP, CLIENT, binary, continuation, fragments, ping, pieces, text

TITLE = "9 limits"
TOO_BIG = "message is too big"
KIB = 1024
NEVER = {"announced": MESSAGE_LIMIT + 1}  # more than is sent: the header alone decides


def within():
    for size in (64 * KIB, 256 * KIB, MESSAGE_LIMIT - 1, MESSAGE_LIMIT):
        yield relayed(f"text of {size} octets", text(b"*" * size))
        yield relayed(f"binary of {size} octets", binary(b"\xfe" * size))
    for size in (997, 64 * KIB):
        whole = binary(b"\xfe" * MESSAGE_LIMIT)
        yield relayed(f"binary of {MESSAGE_LIMIT} octets in writes of {size}", whole, piece=size)
    message = b"*" * (256 * KIB)
    for size in (64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 65535, 65537):
        first, *rest = pieces(message, size)
        name = f"text of 256 KiB in fragments of {size} octets"
        frames = fragments(text(first, fin=False), *rest)
        yield relayed(name, *frames)
        yield relayed(f"{name}, written in 997", *frames, piece=997)
    half = bytes(MESSAGE_LIMIT // 2)
    halves = fragments(binary(half, fin=False), half)
    yield relayed("two fragments of half the limit", *halves)
    whole = binary(bytes(MESSAGE_LIMIT), fin=False)
    yield relayed("an empty fragment at the limit", *fragments(whole, b""))
    yield relayed("a ping at the limit", whole, ping(b"?"), continuation())
    yield relayed("four messages at the limit", *[binary(bytes(MESSAGE_LIMIT))] * 4)
    yield relayed("a thousand small messages", *[text("a small message")] * 1000)


def beyond():
    """For clients alone."""
    for name, frame in (("text", text), ("binary", binary)):
        yield beyond_limit(f"{name} one octet beyond", frame(bytes(MESSAGE_LIMIT + 1)))
        yield beyond_limit(f"{name} one octet beyond that never comes", frame(**NEVER))
        yield beyond_limit(f"a {name} first fragment beyond", frame(fin=False, **NEVER))
        good = [binary(bytes(MESSAGE_LIMIT))]
        yield beyond_limit(f"{name} after a message at the limit", frame(**NEVER), good=good)
    for size in (1 << 32, (1 << 63) - 1):
        yield beyond_limit(f"binary of {size} octets", binary(announced=size))
    whole = binary(bytes(MESSAGE_LIMIT), fin=False)
    yield beyond_limit("a fragment of one octet beyond", continuation(b"."), good=[whole])
    more = continuation(b".", fin=False)
    yield beyond_limit("the same without FIN", more, good=[whole])
    yield beyond_limit("the same after a ping", more, good=[whole, ping(b"?")])
    huge = continuation(announced=(1 << 63) - 1)
    yield beyond_limit("a fragment so long that the sum overflows", huge, good=[whole])
    half = binary(bytes(MESSAGE_LIMIT // 2), fin=False)
    rest = continuation(announced=MESSAGE_LIMIT // 2 + 1)
    yield beyond_limit("two fragments of which the second is one octet too long", rest, good=[half])
    small = fragments(binary(bytes(64), fin=False), *[bytes(64)] * (MESSAGE_LIMIT // 64 - 1), b"")
    one = continuation(b".")
    yield beyond_limit("one octet behind fragments of 64 octets", one, good=small[:-1])


def beyond_limit(name, *bad, **how):
    return refused(name, TOO_BIG, *bad, code=1009, legs=(CLIENT,), **how)


def from_applications():
    beyond = b"*" * (MESSAGE_LIMIT + 1)
    yield relayed("an application's text beyond the limit", text(beyond), legs=(APP,))
    yield relayed("an application's binary of 4 MiB", binary(beyond * 4), legs=(APP,))
    first, *rest = pieces(beyond * 2, 64 * KIB)
    fragmented = fragments(binary(first, fin=False), *rest)
    yield relayed("an application's fragments beyond the limit", *fragmented, legs=(APP,))


CASES = (*within(), *beyond(), *from_applications())
