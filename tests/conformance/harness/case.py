"""A row of a table of frames: what one end sends, and what must become of it on either leg."""

from dataclasses import dataclass
from typing import NamedTuple

from harness.arena import ECHO, RAW, WEBSOCKETS
from harness.expected import Expected
from harness.frames import APP, CLIENT, Frame, close, messages
from harness.peer import Told
from harness.play import play
from harness.verdicts import Broken, Closed, Lost, as_answered

ALL_PARTNERS = (RAW, ECHO, WEBSOCKETS)


class Torn(NamedTuple):
    """A frame of which some octets pass before `then` more are sent; the rest is never sent."""

    frame: Frame
    passing: int  # octets of the payload
    then: int = 1


class Session(NamedTuple):
    leg: str  # of the sender
    partner: str  # what the other end is

    def __str__(self):
        return f"{self.leg} sends, {self.partner} at the other end"


@dataclass(frozen=True)
class Case:
    name: str
    good: tuple = ()  # frames that pass, or are answered
    torn: Torn | None = None
    meanwhile: Frame | None = None  # from the other end, which is halfway through it during `good`
    last: tuple = (close(1000, b"done"),)  # frames or bytes; nothing of them passes
    verdict: Closed | Broken | Lost = Closed(Told(1000, "done"))
    piece: int = 0  # octets in a write; 0: everything in one
    legs: tuple = (CLIENT, APP)
    partners: tuple = ALL_PARTNERS
    offer: str | None = None  # Sec-WebSocket-Extensions of the client
    accept: str | None = None  # and of the raw application's answer
    meant: tuple | None = None  # the messages, where compression hides them
    answer: Frame | None = None  # the other end's Close, where it is not the sender's own
    known: str | None = None  # a fault of the gateway: the case must fail until it is mended

    def sessions(self):
        """The built-in echo sends nothing of itself; a library shows no half frames."""
        return [
            Session(leg, partner)
            for leg in self.legs
            for partner in self.partners
            if (leg, partner) != (APP, ECHO) and (self.torn is None or partner == RAW)
        ]

    def messages(self):
        """[(opcode, payload)] as an application or a client understands them."""
        return messages(self.good) if self.meant is None else list(self.meant)

    async def play(self, arena, session, number):
        await play(arena, self, session, number)

    def expected(self, session):
        ending = self.verdict.on(session.leg)
        if isinstance(self.verdict, Closed) and session.partner == ECHO:
            ending = ending._replace(sender=as_answered(ending.sender, True))
        passed = {f"{session.leg}_messages": len(messages(self.good))}
        fields = {"detail": ending.detail, **passed, **ending.codes(session.leg)}
        return Expected(ending.reason, fields)


def relayed(name, *good, **how):
    """Everything passes; then the sender closes."""
    return Case(name, good, **how)


def refused(name, detail, *bad, good=(), code=1002, inside_frame=False, **how):
    """`bad` ends the session; nothing of it passes, nor of what follows."""
    verdict = Broken(detail, code, inside_frame)
    return Case(name, tuple(good), last=bad, verdict=verdict, **how)


def closed(name, told, *last, good=(), **how):
    """A Close frame in `last` ends the session; nothing else of `last` passes."""
    return Case(name, tuple(good), last=last, verdict=Closed(told), **how)
