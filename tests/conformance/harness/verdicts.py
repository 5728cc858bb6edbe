"""How a session must end, told from the leg of the end that the case is about."""

from typing import NamedTuple

from harness.frames import APP, CLIENT
from harness.peer import CUT, Told

# gateway/session/close_reason.cpp: by the code, its text and the reason of the session.
BROKEN = {
    1002: ("protocol error", "protocol_error"),
    1007: ("invalid UTF-8", "bad_utf8"),
    1009: ("message too big", "too_big"),
}


class Ending(NamedTuple):
    sender: Told
    other: Told
    reason: str  # label of pulsegate_connections_closed_total
    detail: str | None = None  # in the log line of the session

    def codes(self, leg):
        """As in the log line, where `leg` is the sender's."""
        client, app = (self.sender, self.other) if leg == CLIENT else (self.other, self.sender)
        return {"client_code": client.code, "app_code": app.code}


class Closed(NamedTuple):
    """The sender closes, by a Close frame of the case; the same comes back."""

    told: Told

    def on(self, leg):
        return Ending(self.told, self.told, f"{leg}_closed")


def as_answered(told, by_echo):
    """What the sender of a Close hears: the other end's answer. The built-in echo's has no reason, and
    Beast answers no code with 1000, and 1014, which it does not know, with 1002."""
    return Told({1005: 1000, 1014: 1002}.get(told.code, told.code), "") if by_echo else told


class Answered(NamedTuple):
    """The sender closes, and the other end answers with another Close: each hears the other's."""

    told: Told
    answer: Told

    def on(self, leg):
        return Ending(self.answer, self.told, f"{leg}_closed")


class Broken(NamedTuple):
    """The sender breaks the rules: it is told so on either leg (RFC 6455 §7.1.7)."""

    detail: str
    code: int = 1002
    inside_frame: bool = False  # half of a frame has passed, so that no Close can follow it

    def on(self, leg):
        text, reason = BROKEN[self.code]
        told = Told(self.code, text)
        if leg == APP:
            other = CUT if self.inside_frame else Told(1014, "application protocol error")
            return Ending(told, other, "app_protocol_error", self.detail)
        return Ending(told, CUT if self.inside_frame else told, reason, self.detail)


class Lost(NamedTuple):
    """The sender ends its connection without a Close."""

    inside_frame: bool = False

    def on(self, leg):
        is_told = leg == APP and not self.inside_frame
        other = Told(1014, "application connection lost") if is_told else CUT
        return Ending(CUT, other, f"{leg}_lost")
