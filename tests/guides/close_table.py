"""The tables of close reasons, for people who write clients and apps.

`tools/print_close_reasons` reads the gateway's own table.
"""

import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PRINT_CLOSE_REASONS = os.environ.get(
    "PRINT_CLOSE_REASONS", str(SOURCE / "build/release/tests/guides/print_close_reasons")
)
WHAT_TO_DO = {
    "no": "nothing of itself",
    "at_once": "come back, with jitter",
    "with_backoff": "come back, with backoff and jitter",
}
FROM = {"itself": "your own", "app": "the app's", "client": "the client's"}


def close_reasons():
    """One dict for each reason: label, meaning, client_should, and what client and app see: code
    (None: what `from` says), text, from."""
    printed = subprocess.run(
        [PRINT_CLOSE_REASONS], capture_output=True, text=True, timeout=30, check=True
    )
    return json.loads(printed.stdout)


def _first(seen):
    """The gateway's codes by number, 1006 after them, then what peers choose themselves."""
    code = seen["code"]
    return code is None, code == 1006, code or 0


def _shown(seen):
    if seen["code"] is None:
        return FROM[seen["from"]]
    return f"{seen['code']} `{seen['text']}`" if seen["text"] else str(seen["code"])


def _table(head, rows):
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def table_for_clients():
    """In Markdown, with a final newline."""
    return _table(
        ("the client sees", "what happened", "what it should do", "in logs and metrics"),
        [
            (
                _shown(row["client"]),
                row["meaning"],
                WHAT_TO_DO[row["client_should"]],
                f"`{row['label']}`",
            )
            for row in sorted(close_reasons(), key=lambda row: _first(row["client"]))
        ],
    )


def table_for_apps():
    return _table(
        ("the app sees", "what happened", "in logs and metrics"),
        [
            (_shown(row["app"]), row["meaning"], f"`{row['label']}`")
            for row in sorted(close_reasons(), key=lambda row: _first(row["app"]))
        ],
    )
