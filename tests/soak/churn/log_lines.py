"""Explains what a gateway logged in a soak; what has no explanation is a finding."""

import collections
import json

# Warnings and errors that a soak provokes; the others are unexplained.
EXPLAINED = {
    "session ended",  # each reason is a row of the table of ends
    "handshake refused",  # it was killed or frozen
    "application not reached",  # likewise, for each attempt
    "not reloaded",
    "cannot read the configuration",
    "cannot use the configuration",  # it is empty: read in the middle of being written
    "configuration",  # a finding of a spoilt one
}


class LogLines:
    def __init__(self, text):
        self.unexplained = []
        self.messages = collections.Counter()
        self.sessions = collections.Counter()  # that ended, by route
        lines = text.splitlines()
        # Before the log begins, the report of `check` on the configuration.
        begin = next((at for at, line in enumerate(lines) if line.startswith("{")), 0)
        for line in lines[begin:]:
            try:
                entry = json.loads(line)
                level, message = entry["level"], entry["message"]
            except (ValueError, KeyError, TypeError):
                self.unexplained.append(line)  # such as a report of a sanitizer
                continue
            self.messages[message] += 1
            if message == "session ended":
                self.sessions[entry.get("route")] += 1
            if level in ("warning", "error") and message not in EXPLAINED:
                self.unexplained.append(line)
