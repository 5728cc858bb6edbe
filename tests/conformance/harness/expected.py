"""What one session leaves in the gateway's counters and in its log."""

from typing import NamedTuple


class Expected(NamedTuple):
    reason: str | None = None  # of pulsegate_connections_closed_total; None: no session was opened
    fields: dict = {}  # of the line of the log that tells the end of the session
    rejection: str | None = None  # reason of pulsegate_handshakes_rejected_total
    app_error: str | None = None  # kind of pulsegate_app_errors_total
