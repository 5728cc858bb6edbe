"""Text is UTF-8, and text that is not is refused at its first impossible octet. RFC 6455 §8.1."""

from harness.arena import RAW
from harness.case import Case, Torn, refused, relayed
from harness.frames import binary, continuation, fragments, ping, pong, text
from harness.utf8_sequences import INCOMPLETE, INVALID, KOSME, VALID, WELL_FORMED
from harness.verdicts import Broken

TITLE = "6 UTF-8"
BAD = "text is not UTF-8"


def fatal_octet(sequence):
    """Where it can no more become UTF-8."""
    at = 0
    while True:
        for count in range(len(sequence) - at):
            forms = [form for form in WELL_FORMED if begins(form, sequence[at : at + count + 1])]
            if not forms:
                return at + count
            if len(forms[0]) == count + 1:
                at += count + 1
                break
        else:
            raise AssertionError(f"{sequence.hex(' ')} may become UTF-8")


def begins(form, octets):
    return all(least <= octet <= most for (least, most), octet in zip(form, octets))


def octets(sequence):
    """Each octet of a message that does not end, in a frame of its own."""
    return [
        text(sequence[:1], fin=False),
        *(continuation(sequence[at : at + 1], fin=False) for at in range(1, len(sequence))),
    ]


def valid():
    for name, sequence in VALID.items():
        yield relayed(f"{name} in one frame", text(sequence))
        yield relayed(f"{name} in one frame, each octet written alone", text(sequence), piece=1)
        yield relayed(f"{name}, each octet in a frame", *octets(sequence), continuation())
    halves = fragments(text(KOSME[:3], fin=False), KOSME[3:])
    yield relayed("a character across two frames", *halves)
    yield relayed("a ping inside a character", halves[0], ping(b"?"), halves[1])
    empty = continuation(fin=False)
    yield relayed("an empty frame inside a character", halves[0], empty, halves[1])
    yield relayed("64 KiB of characters of three octets", text("日" * 21845))
    yield relayed("the same, in writes of 997", text("日" * 21845), piece=997)


def invalid():
    for name, sequence in INVALID.items():
        fatal = fatal_octet(sequence)
        yield refused(f"{name} in one frame", BAD, text(sequence), code=1007)
        before, bad = octets(sequence[:fatal]), text(sequence[fatal : fatal + 1], fin=False)
        if fatal:
            bad = continuation(bad.payload, fin=False)
        # Neither the rest of the message nor its end is ever sent: the refusal may not wait for it.
        good = before if fatal else []
        yield refused(f"{name}, each octet in a frame", BAD, bad, good=good, code=1007)
        yield Case(
            f"{name}, octet by octet in one frame",
            torn=Torn(text(sequence + b"never sent"), fatal),
            verdict=Broken(BAD, 1007, inside_frame=True),
        )
    surrogate = INVALID["U+D800"]
    good = [text("good"), ping(b"?")]
    yield refused("a surrogate after a good text", BAD, text(surrogate), good=good, code=1007)
    message = fragments(text(surrogate[:1], fin=False), surrogate[1:])
    yield refused("a surrogate across two frames", BAD, message[1], good=message[:1], code=1007)
    yield refused("a surrogate before a good text", BAD, text(surrogate), text("good"), code=1007)


def incomplete():
    for name, sequence in INCOMPLETE.items():
        yield refused(f"{name} and the end, in one frame", BAD, text(sequence), code=1007)
        begin = octets(sequence)
        end = continuation()
        yield refused(f"{name} and an empty last frame", BAD, end, good=begin, code=1007)
        if len(begin) > 1:
            end, begin = continuation(sequence[-1:]), begin[:-1]
            yield refused(f"{name} in the last frame", BAD, end, good=begin, code=1007)
        two = [text(sequence), text(b"\x80")]
        yield refused(f"{name} and the rest in the next message", BAD, *two, code=1007)


def elsewhere():
    """What is not text may hold any octets."""
    for name, sequence in (*INVALID.items(), *INCOMPLETE.items()):
        fragmented = fragments(binary(sequence[:1], fin=False), sequence[1:])
        control = [ping(sequence[:7]), pong(sequence[:7])]
        name = f"{name} in binary, ping and pong"
        yield relayed(name, binary(sequence), *fragmented, *control, partners=(RAW,))


CASES = (*valid(), *invalid(), *incomplete(), *elsewhere())
