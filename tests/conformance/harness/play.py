"""Plays one case in one session and compares all that either end heard with what the table says."""

from support.raw_client import PING, PONG

from harness.arena import ECHO, RAW
from harness.deflate import understood
from harness.frames import APP, CLIENT, is_control, messages
from harness.peer import CUT, Peer
from harness.verdicts import Answered, Closed, Lost, as_answered


async def play(arena, case, session, number):
    """Raises AssertionError with everything that is wrong."""
    ends = await arena.connect(case, *session, number)
    try:
        passed = await perform(case, session, *ends)
        complaints = Complaints()
        judge_sender(complaints, case, session, ends[0])
        judge_other(complaints, case, session, ends[1], passed)
        assert not complaints, "; ".join(complaints)
    finally:
        for end in filter(None, ends):
            end.abandon()


class Complaints(list):
    def expect(self, what, heard, wanted):
        if heard != wanted:
            self.append(f"{what}: {shown(heard)}, not {shown(wanted)}")


def shown(value):
    text = repr(value)
    return text if len(text) < 300 else f"{text[:300]}… ({len(text)} characters)"


async def perform(case, session, sender, other):
    """Sends what the case says; the frames, and the beginning of one, that must have passed."""
    encoded = [(frame, frame.encode(session.leg)) for frame in case.good]
    good = b"".join(raw for _, raw in encoded)
    frames = [raw for frame, raw in encoded if not is_control(frame)]
    last = b"".join(
        part if isinstance(part, bytes) else part.encode(session.leg) for part in case.last
    )
    sender.has_closed = has_closed(case)
    if case.answer is not None:
        other.answer = case.answer
    beginning = b""
    if case.torn is not None:
        beginning = await send_torn(case.torn, sender, other, good, frames)
    elif case.meanwhile is not None:
        await send_meanwhile(case.meanwhile, sender, other, good, frames)
        await sender.send(last)
    elif keeps_order(case, session):
        await sender.send(good + last, case.piece)
    else:
        await sender.send(good, case.piece)
        await all_comes_back(case, sender)
        await sender.send(last, case.piece)
    if isinstance(case.verdict, Lost):
        sender.end()
    await sender.over()
    if other is not None:
        await other.over()
    return frames, beginning


async def send_torn(torn, sender, other, good, frames):
    """Sends the fatal octets once all before them has passed; what has passed of their frame."""
    raw = torn.frame.encode(sender.leg)
    at = len(raw) - len(torn.frame.payload) + torn.passing
    await sender.send(good + raw[:at], 1)
    await other.until(
        lambda: len(other.frames) == len(frames) and other.unfinished == raw[:at],
        f"{len(frames)} frames and {at} octets",
    )
    await sender.send(raw[at : at + torn.then])
    return raw[:at]


async def send_meanwhile(frame, sender, other, good, frames):
    """Has the gateway take `good` while it is inside a frame towards the sender."""
    raw = frame.encode(other.leg)
    middle = len(raw) // 2
    await other.send(raw[:middle])
    await sender.until(lambda: sender.unfinished == raw[:middle], "half a frame")
    await sender.send(good)
    await other.until(lambda: len(other.frames) == len(frames), f"{len(frames)} frames")
    await other.send(raw[middle:])
    await sender.until(lambda: sender.messages == 1, "the whole frame")


def keeps_order(case, session):
    """Whether all that must be heard is heard though the end is sent in the same write.

    The websockets server answers a Close before it has echoed what came before it.
    """
    return session.leg == APP or session.partner in (RAW, ECHO)


async def all_comes_back(case, sender):
    """Waits until all the echoes and pongs are there."""
    echoes, pongs = len(case.messages()), len(answered(case))
    await sender.until(lambda: sender.messages >= echoes and sender.pongs >= pongs, "the echo")


def has_closed(case):
    return isinstance(case.verdict, (Closed, Answered))


def answered(case):
    return [frame.payload for frame in case.good if frame.opcode == PING]


def judge_sender(complaints, case, session, sender):
    by_echo = isinstance(case.verdict, Closed) and session.partner == ECHO
    expected = as_answered(case.verdict.on(session.leg).sender, by_echo)
    complaints.expect("the sender was told", sender.told, expected)
    is_masked = session.leg == APP  # there the gateway is a client
    complaints.expect(
        "the sender got",
        [
            (frame.opcode, frame.payload, frame.fin, frame.reserved, frame.is_masked)
            for frame in sender.frames
            if is_control(frame)
        ],
        [(PONG, payload, True, 0, is_masked) for payload in answered(case)],
    )
    comes = []
    if case.meanwhile is not None:
        comes = messages([case.meanwhile])
    elif session.partner != RAW and session.leg == CLIENT:
        comes = case.messages()
    complaints.expect("messages came to the sender", understood(sender.frames), comes)
    complaints.expect("the sender got behind a Close", sender.late, b"")
    # Who sends behind its own Close may be reset: nobody reads that any more.
    if session.leg == CLIENT and sender.told != CUT and not has_closed(case):
        complaints.expect("the client's connection was reset", sender.was_reset, False)


def judge_other(complaints, case, session, other, passed):
    if other is None:
        return
    complaints.expect("the other end was told", other.told, case.verdict.on(session.leg).other)
    if not isinstance(other, Peer):
        complaints.expect("the other end understood", other.messages, case.messages())
        return
    frames, beginning = passed
    complaints.expect("the other end got", [frame.raw for frame in other.frames], frames)
    complaints.expect("it got the beginning of a frame", other.unfinished, beginning)
    complaints.expect("it got behind a Close", other.late, b"")
    if other.leg == CLIENT and other.told != CUT:
        complaints.expect("the client's connection was reset", other.was_reset, False)
