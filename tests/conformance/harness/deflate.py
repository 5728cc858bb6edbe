"""permessage-deflate by zlib: messages into frames, and frames into messages. RFC 7692 §7.2."""

import zlib

from harness.frames import Frame, is_control, messages, pieces

RSV1 = 4
TAIL = b"\x00\x00\xff\xff"  # what a flush ends with, and the frames leave out


class Deflater:
    def __init__(self, window_bits=15, takeover=True, level=6):
        self._settings = (level, zlib.DEFLATED, -window_bits)
        self._takeover = takeover
        self._context = None

    def frames(self, opcode, payload, size=None):
        """The message, in fragments of at most `size` octets."""
        if self._context is None or not self._takeover:
            self._context = zlib.compressobj(*self._settings)
        packed = self._context.compress(payload) + self._context.flush(zlib.Z_SYNC_FLUSH)
        parts = pieces(packed.removesuffix(TAIL), size or len(packed))
        return [
            Frame(0 if at else opcode, part, fin=at == len(parts) - 1, reserved=0 if at else RSV1)
            for at, part in enumerate(parts)
        ]


def understood(frames):
    """[(opcode, payload)] of the complete messages, inflated where RSV1 says so."""
    data = [frame for frame in frames if not is_control(frame)]
    packed = [frame.reserved == RSV1 for frame in data if frame.opcode]
    context = zlib.decompressobj(-15)
    whole = []
    for (opcode, payload), is_packed in zip(messages(data), packed):
        if is_packed:
            payload = context.decompress(payload + TAIL)
        whole.append((opcode, payload))
    return whole
