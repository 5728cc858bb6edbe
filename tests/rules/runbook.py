"""deploy/RUNBOOK.md as the tests read it."""

import pathlib
import re

FILE = pathlib.Path(__file__).resolve().parents[2] / "deploy/RUNBOOK.md"
_PARTS_OF_HISTOGRAMS = re.compile(r"_(bucket|sum|count)$")


def entries():
    """{heading: text} of every entry."""
    _, *parts = re.split(r"^## ", FILE.read_text(), flags=re.MULTILINE)
    return {heading: text for heading, _, text in (part.partition("\n") for part in parts)}


def queries(text):
    """The PromQL in it, one query a line."""
    blocks = re.findall(r"^```promql\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def metrics_in(text):
    """The names of metrics of the gateway in any text; a histogram's without its suffixes."""
    names = re.findall(r"(?<![:\w])(?:pulsegate|process)_[a-z_]*[a-z]", text)
    return {_PARTS_OF_HISTOGRAMS.sub("", name) for name in names}
