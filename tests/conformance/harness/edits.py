"""Changes of a good request, or of a good answer, as functions from bytes to bytes."""


def without(name):
    """Leaves out a header."""
    return lambda head: head.replace(line_of(head, name) + b"\r\n", b"")


def replaced(name, *values):
    """As many lines of a header as there are values."""

    def edit(head):
        lines = b"\r\n".join(f"{name}: {value}".encode("latin-1") for value in values)
        return head.replace(line_of(head, name), lines)

    return edit


def added(*lines):
    """More lines, as they are, before the last ones."""
    block = b"".join(line.encode("latin-1") + b"\r\n" for line in lines)
    return lambda head: head[:-2] + block + b"\r\n"


def swapped(old, new):
    """Replaces bytes that occur once."""

    def edit(head):
        assert head.count(old) == 1, (old, head)
        return head.replace(old, new)

    return edit


def line_of(head, name):
    return next(line for line in head.split(b"\r\n") if line.startswith(name.encode() + b":"))
