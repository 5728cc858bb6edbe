"""Does what the help of a diagnostic says, as someone would who pastes it."""

import asyncio
import json
import pathlib
import re

from support.case import BINARY
from support.waiting import within

_QUOTED = re.compile(r"`([^`]+)`")
_KEY = re.compile(r"`([a-z_]+)\.([a-z_]+): ([^`]+)`")


async def check(file):
    """The diagnostics of `pulsegate check` about a gateway.yaml, as it writes them in JSON."""
    process = await asyncio.create_subprocess_exec(
        *(BINARY, "check", "--config", file, "--format", "json"), stdout=asyncio.subprocess.PIPE
    )
    report, _ = await within(process.communicate(), "the report of `pulsegate check`", 30)
    return json.loads(report)["diagnostics"]


def paste_into_proxy(diagnostic):
    """Changes the proxy's file as the help says.

    That is `set … here` or `add … here` or `… beside it:`, of the marked place, or `add … to` the
    block of that head.
    """
    marked = diagnostic["primary"]
    file = pathlib.Path(marked["file"])
    text = file.read_text()
    lines = text.splitlines(keepends=True)
    begin = sum(map(len, lines[: marked["line"] - 1])) + marked["column"] - 1
    end = begin + marked["end_column"] - marked["column"]

    what, _, pasted = diagnostic["help"].partition(":\n")
    if what.endswith("beside it"):
        text = f"{text[:end]}\n{pasted}\n{text[end:]}"
    elif what.startswith("set "):
        text = text[:begin] + _QUOTED.search(what)[1] + text[end:]
    else:
        assert what.startswith("add "), what
        setting, *block = _QUOTED.findall(what.partition(", or ")[0])
        head = text.index("\n", text.index(f"\n{block[0]}\n") + 1 if block else end)
        text = f"{text[:head]}\n{setting}{text[head:]}"
    file.write_text(text)


def paste_into_gateway(diagnostic, file):
    """Sets the keys that the help names, such as `heartbeat.interval: 8s`."""
    text = file.read_text()
    keys = _KEY.findall(diagnostic["help"])
    assert keys, diagnostic["help"]
    for section, key, value in keys:
        text, count = re.subn(rf"(?m)^({section}: .*\b{key}: )[^ ,}}]+", rf"\g<1>{value}", text)
        assert count == 1, f"{section}.{key} was set {count} times"
    file.write_text(text)
