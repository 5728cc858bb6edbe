"""A client's case played twice: with an application of Boost.Beast alone, and through the gateway.

What the client sees must be the same: all messages and pongs before the end, then the same code.
"""

from dataclasses import dataclass, replace

from support.raw_client import PING

from harness.beast import BEAST
from harness.case import Case
from harness.deflate import understood
from harness.expected import Expected
from harness.frames import CLIENT
from harness.peer import CUT
from harness.play import Complaints, answered, has_closed
from harness.verdicts import Broken

ONE_WRITE, OCTETS, FRAMES = "in one write", "octet by octet", "frame by frame"
MOST_OCTETS = 300  # that are written one by one


@dataclass(frozen=True)
class View:
    """What a client sees of a session."""

    messages: list
    pongs: list
    code: int
    late: bytes

    @classmethod
    def of(cls, peer, case):
        pongs = [frame.payload for frame in peer.frames if frame.opcode == PING + 1]
        return cls(understood(peer.frames), pongs, peer.told.code, peer.late)


@dataclass(frozen=True)
class AsAlone:
    """A row of another table; `sessions()` are the ways of writing it."""

    name: str
    case: Case
    code: int | None = None  # what the application alone says, where it is not what the table says
    differs: str | None = None  # why the gateway may say something else; README.md tells it, too
    is_half_closed: bool = False  # the end of the client's side of TCP comes with the last octets
    known: str | None = None
    times: int = 1

    def sessions(self):
        if self.times > 1:
            return [f"time {number}" for number in range(1, self.times + 1)]
        size = sum(len(part) for part in self._parts())
        return [ONE_WRITE, FRAMES, *([OCTETS] if size <= MOST_OCTETS else [])]

    def expected(self, session):
        return Expected(self.case.verdict.on(CLIENT).reason)

    def _parts(self):
        parts = [frame.encode(CLIENT) for frame in self.case.good]
        if self.case.torn is not None:
            frame, passing, then = self.case.torn
            raw = frame.encode(CLIENT)
            return [*parts, raw[: len(raw) - len(frame.payload) + passing + then]]
        last = (part if isinstance(part, bytes) else part.encode(CLIENT) for part in self.case.last)
        return [*parts, *last]

    async def play(self, arena, session, number):
        complaints = Complaints()
        parts = self._parts()
        alone = await self._see(await arena.upgrade_alone(number), parts, session)
        wanted = self._wanted()
        complaints.expect("Beast alone", alone, wanted)
        through = await self._see((await arena.upgrade(BEAST, number))[0], parts, session)
        if self.differs is not None:
            wanted = replace(alone, code=self.case.verdict.on(CLIENT).sender.code)
        complaints.expect("through the gateway", through, wanted)
        assert not complaints, "; ".join(complaints)

    def _wanted(self):
        code = self.case.verdict.on(CLIENT).sender.code if self.code is None else self.code
        return View(self.case.messages(), answered(self.case), code, b"")

    async def _see(self, peer, parts, session):
        try:
            peer.has_closed = has_closed(self.case)
            await self._write(peer, parts, session)
            await peer.over()
            if peer.told != CUT and not peer.has_closed or isinstance(self.case.verdict, Broken):
                assert not peer.was_reset or peer.told == CUT, "the connection was reset"
            return View.of(peer, self.case)
        finally:
            peer.abandon()

    async def _write(self, peer, parts, session):
        if session == FRAMES:
            for part in parts:
                await peer.send(part)
        else:
            await peer.send(b"".join(parts), session == OCTETS)
        if self.is_half_closed:
            peer.end()
