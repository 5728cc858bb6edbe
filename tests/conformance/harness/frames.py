"""Frames as the tables write them, and as the bytes of either leg. RFC 6455 §5.2."""

import os
import struct
from dataclasses import dataclass

from support.raw_client import BINARY, CLOSE, PING, PONG, TEXT

CONTINUATION = 0x0
CLIENT, APP = "client", "app"  # the legs of a session, by whom the gateway talks to


@dataclass(frozen=True)
class Frame:
    opcode: int
    payload: bytes = b""
    fin: bool = True
    reserved: int = 0  # RSV1, RSV2, RSV3 as 4, 2, 1
    length_bytes: int | None = None  # 0, 2 or 8 after the second octet; None: the fewest
    announced: int | None = None  # the length in the header, where it is not the payload's
    wrong_mask: bool = False  # unmasked from a client, masked from an application
    key: bytes | None = None  # None: a random one

    def header(self, key):
        size = len(self.payload) if self.announced is None else self.announced
        extended = self.length_bytes
        if extended is None:
            extended = 0 if size < 126 else 2 if size < 65536 else 8
        short = {0: size, 2: 126, 8: 127}[extended]
        return (
            bytes([self.fin << 7 | self.reserved << 4 | self.opcode, bool(key) << 7 | short])
            + {0: b"", 2: struct.pack(">H", size & 0xFFFF), 8: struct.pack(">Q", size)}[extended]
            + key
        )

    def encode(self, leg):
        """As the peer on `leg` sends it: a client masks (§5.3)."""
        if (leg == CLIENT) == self.wrong_mask:
            return self.header(b"") + self.payload
        key = self.key or os.urandom(4)
        return self.header(key) + masked(self.payload, key)


def masked(payload, key):
    """Masks, and unmasks (§5.3)."""
    size = len(payload)
    whole_key = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(whole_key, "big")).to_bytes(size, "big")


def text(payload=b"", **how):
    return Frame(TEXT, payload.encode() if isinstance(payload, str) else payload, **how)


def binary(payload=b"", **how):
    return Frame(BINARY, payload, **how)


def continuation(payload=b"", **how):
    return Frame(CONTINUATION, payload, **how)


def ping(payload=b"", **how):
    return Frame(PING, payload, **how)


def pong(payload=b"", **how):
    return Frame(PONG, payload, **how)


def close(code=None, reason=b"", **how):
    return Frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason, **how)


def fragments(first, *parts):
    """A message in frames: `first` is the whole of its first one; empty frames are allowed."""
    rest = [continuation(part, fin=False) for part in parts[:-1]]
    return [first, *rest, continuation(parts[-1])]


def pieces(payload, size):
    """The payload, cut after every `size` octets."""
    return [payload[at : at + size] for at in range(0, len(payload), size)] or [b""]


def is_control(frame):
    return frame.opcode >= CLOSE


def messages(frames):
    """[(opcode, payload)] of the data messages that are complete; control frames are skipped."""
    whole = []
    opcode, parts = None, []
    for frame in frames:
        if is_control(frame):
            continue
        if frame.opcode != CONTINUATION:
            opcode, parts = frame.opcode, []
        parts.append(frame.payload)
        if frame.fin:
            whole.append((opcode, b"".join(parts)))
    return whole
