"""Octet sequences that are UTF-8, that are not, and that only begin to be. RFC 3629."""

TAIL = (0x80, 0xBF)
# The characters by the bounds of their octets: RFC 3629 §4.
WELL_FORMED = (
    ((0x00, 0x7F),),
    ((0xC2, 0xDF), TAIL),
    ((0xE0, 0xE0), (0xA0, 0xBF), TAIL),
    ((0xE1, 0xEC), TAIL, TAIL),
    ((0xED, 0xED), (0x80, 0x9F), TAIL),
    ((0xEE, 0xEF), TAIL, TAIL),
    ((0xF0, 0xF0), (0x90, 0xBF), TAIL, TAIL),
    ((0xF1, 0xF3), TAIL, TAIL, TAIL),
    ((0xF4, 0xF4), (0x80, 0x8F), TAIL, TAIL),
)

KOSME = "κόσμε".encode()

VALID = {
    "nothing": b"",
    "ASCII": bytes(range(128)),
    "a Greek word": KOSME,
    "several scripts": "Hello-µ@ßöäüàá-日本語-שלום-𝄞-😀".encode(),
    "a byte order mark": b"\xef\xbb\xbfmarked",
    "combining marks": "e\u0301a\u030a".encode(),
    **{
        f"U+{point:04X}": chr(point).encode()
        for point in (
            # The least and the greatest of each length, and the neighbours of the surrogates.
            *(0x0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD7FF, 0xE000, 0xFFFD),
            *(0x10000, 0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFF),
            # Non-characters may be exchanged (Unicode's corrigendum 9).
            *(0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF),
            *(plane << 16 | last for plane in (1, 2, 8, 15, 16) for last in (0xFFFE, 0xFFFF)),
        )
    },
}

# Each cannot become UTF-8, whatever follows its last octet; some are so before that.
INVALID = {
    # Octets that continue nothing.
    "continuation 80": b"\x80",
    "continuation bf": b"\xbf",
    "two continuations": b"\x80\xbf",
    "all continuations": bytes(range(0x80, 0xC0)),
    "one continuation too many": b"\xc3\xa4\xa4",
    # Octets that never occur.
    **{f"octet {octet:02x}": bytes([octet]) for octet in (0xC0, 0xC1, *range(0xF5, 0x100))},
    "octets fe fe ff ff": b"\xfe\xfe\xff\xff",
    # A character that is broken off by another one.
    **{
        f"{lead.hex()} and a space": lead + b" "
        for lead in map(bytes.fromhex, ("c2", "df", "e0", "e1", "ed", "ef", "f0", "f1", "f4"))
    },
    "e1 80 and a space": b"\xe1\x80 ",
    "f1 80 80 and a space": b"\xf1\x80\x80 ",
    "two leads": b"\xc3\xc3",
    "lead after half a character": b"\xe1\x80\xc3\xa4",
    # Longer than they need to be.
    "overlong slash in 2": b"\xc0\xaf",
    "overlong slash in 3": b"\xe0\x80\xaf",
    "overlong slash in 4": b"\xf0\x80\x80\xaf",
    "overlong slash in 5": b"\xf8\x80\x80\x80\xaf",
    "overlong slash in 6": b"\xfc\x80\x80\x80\x80\xaf",
    "overlong U+007F": b"\xc1\xbf",
    "overlong U+07FF": b"\xe0\x9f\xbf",
    "overlong U+FFFF": b"\xf0\x8f\xbf\xbf",
    "overlong U+1FFFFF": b"\xf8\x87\xbf\xbf\xbf",
    "overlong U+3FFFFFF": b"\xfc\x83\xbf\xbf\xbf\xbf",
    "overlong NUL in 2": b"\xc0\x80",
    "overlong NUL in 3": b"\xe0\x80\x80",
    "overlong NUL in 4": b"\xf0\x80\x80\x80",
    # Surrogates, alone and in pairs.
    "U+D800": b"\xed\xa0\x80",
    "U+DB7F": b"\xed\xad\xbf",
    "U+DB80": b"\xed\xae\x80",
    "U+DBFF": b"\xed\xaf\xbf",
    "U+DC00": b"\xed\xb0\x80",
    "U+DF80": b"\xed\xbe\x80",
    "U+DFFF": b"\xed\xbf\xbf",
    "U+D800 U+DC00": b"\xed\xa0\x80\xed\xb0\x80",
    "U+DBFF U+DFFF": b"\xed\xaf\xbf\xed\xbf\xbf",
    "a word, a surrogate and a word": KOSME + b"\xed\xa0\x80edited",
    # Beyond U+10FFFF.
    "U+110000": b"\xf4\x90\x80\x80",
    "U+13FFFF": b"\xf4\xbf\xbf\xbf",
    "U+140000": b"\xf5\x80\x80\x80",
    "U+1FFFFF": b"\xf7\xbf\xbf\xbf",
    "U+200000": b"\xf8\x88\x80\x80\x80",
    "U+7FFFFFFF": b"\xfd\xbf\xbf\xbf\xbf\xbf",
    "a word, U+110000 and a word": KOSME + b"\xf4\x90\x80\x80edited",
    # Far from the beginning, where a validator may be on a faster path.
    "64 letters and ff": b"a" * 64 + b"\xff",
    "71 letters and c0": b"a" * 71 + b"\xc0",
    "130 letters and a surrogate": b"a" * 130 + b"\xed\xa0\x80",
}

# Valid so far: wrong only if the message ends here.
INCOMPLETE = {
    sequence.hex(" "): sequence
    for sequence in (
        *(b"\xc2", b"\xdf", b"\xe0", b"\xe0\xa0", b"\xe1\x80", b"\xed\x9f", b"\xef", b"\xef\xbf"),
        *(b"\xf0", b"\xf0\x90", b"\xf0\x90\x80", b"\xf1\x80\x80", b"\xf4", b"\xf4\x8f\xbf"),
        *(KOSME[:1], KOSME[:3], KOSME[:9], b"a" * 63 + b"\xce"),
    )
}
