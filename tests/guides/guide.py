"""The text of a guide: its fenced blocks, and what their info strings promise of them.

    yaml /etc/pulsegate/gateway.yaml   a file, with this text
    python apps/fastapi_app.py         the same, and there is such a file beside the guide
    console                            commands after `$ `, and what they print
    console live                       the same, while the chain of the guide runs
    console by hand                    what no test can run, such as commands of a cloud
    text, or nothing                   a picture
"""

import pathlib
import re
import typing

GUIDES = pathlib.Path(__file__).resolve().parents[2] / "deploy/guides"
_BLOCK = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_MADE = re.compile(
    r"(?P<begin><!-- made from (?P<what>[^\n]+): tests/guides/run --update -->\n)"
    r"(?P<text>.*?)(?P<end><!-- end -->)",
    re.DOTALL,
)
HOW_TO_UPDATE = "if that is right, `tests/guides/run --update` writes it into the guide"


class Block(typing.NamedTuple):
    line: int  # of the fence that opens it, from 1
    language: str
    name: str  # of its file, or what else follows the language
    text: str

    @property
    def is_console(self):
        return self.language == "console"

    @property
    def is_file(self):
        return bool(self.name) and not self.is_console

    def commands(self):
        """[(command, what it prints)]"""
        parts = re.split(r"^\$ (.*)\n", self.text, flags=re.MULTILINE)
        assert parts[0] == "", f"line {self.line + 1} is neither a command nor its output"
        return list(zip(parts[1::2], parts[2::2]))


def all_guides():
    return sorted(GUIDES.glob("*.md"))


def blocks_of(text):
    blocks = []
    for match in _BLOCK.finditer(text):
        language, _, name = match["info"].strip().partition(" ")
        line = text.count("\n", 0, match.start()) + 1
        blocks.append(Block(line, language, name, match["text"]))
    return blocks


def with_texts(text, make_text):
    """The guide with make_text(block) in each block that this gives a text for."""
    blocks = iter(blocks_of(text))

    def replaced(match):
        block = next(blocks)
        new = make_text(block)
        return match[0] if new is None else f"```{match['info']}\n{new}```"

    return _BLOCK.sub(replaced, text)


def with_made(text, make_text):
    """The guide with make_text(what) in each part that says it is made from something."""
    return _MADE.sub(lambda match: match["begin"] + make_text(match["what"]) + match["end"], text)
