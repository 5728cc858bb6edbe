"""One row of a table: a configuration as people write it, and what is true of it."""

import typing

KNOWN, FORGED, HIDDEN = "known", "forged", "hidden"


class Ask(typing.NamedTuple):
    """One WebSocket that a client asks the proxy for. All of a row stay open together, in order."""

    url: str
    # The status of the answer; 0 where the connection ends without one.
    answer: int = 101
    # False: a way to the application, past the gateway.
    gateway: bool = True
    # After how many quiet seconds it is cut; 0: it outlives a ping of the gateway.
    cut: float = 0
    # The address that the gateway takes for the client's: its own, though it claims another one;
    # the one that it claims; or the proxy's.
    client: str = KNOWN
    # False: nobody expects a WebSocket of the gateway here, whatever the answer.
    matters: bool = True


class Row(typing.NamedTuple):
    name: str  # of the file or folder beside the table
    runs: str  # what people run
    asks: tuple  # of Ask; a text stands for an Ask that goes well
    # The codes of all errors and warnings that `check` has to give, in their order.
    check: str = ""
    # False: the proxy's program refuses the file.
    starts: bool = True
    # What the proxy's program here lacks: it is not run, and the row believed.
    lacks: str = ""
    # What `check` says wrongly today. The row fails as soon as that is mended.
    known_wrong: str = ""

    def needs_error(self):
        """Whether anybody who runs this loses WebSockets for certain."""
        return not self.starts or any(
            ask.answer != 101 or not ask.gateway or ask.cut for ask in self.asks if ask.matters
        )


def row(name, runs, *asks, **more):
    return Row(
        name, runs, tuple(Ask(ask) if isinstance(ask, str) else ask for ask in asks), **more
    )
