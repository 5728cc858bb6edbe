"""The apps of the guides, started with the commands that stand there."""

import functools
import pathlib
import shutil
import sys

import scenario  # first: it makes the helpers of the system tests known
from guide import GUIDES, blocks_of
from support.ports import free_port
from support.tcp_table import is_listening
from support.waiting import eventually

NODE_MODULES = pathlib.Path("/usr/share/nodejs")  # Debian's node-ws, in place of `npm install ws`


def commands_of(guide):
    """(port) → words of a command, for each command of the guide that starts an app."""
    blocks = blocks_of((GUIDES / guide).read_text())
    commands = [
        command
        for block in blocks
        if block.is_console and block.name == "by hand"
        for command, _ in block.commands()
        if "8000" in command
    ]

    def with_port(command, port):
        words = command.replace("8000", str(port)).split()
        return [sys.executable if word == "python3" else word for word in words]

    return [functools.partial(with_port, command) for command in commands]


(fastapi,) = commands_of("fastapi.md")
(node,) = commands_of("node.md")
django_under_daphne, django_under_uvicorn = commands_of("django_channels.md")


class App:
    def __init__(self, port, process):
        self.port = port
        self.process = process

    @classmethod
    async def start(cls, test, command):
        """command: one of the functions above."""
        directory = test.directory / "app"
        shutil.copytree(GUIDES / "apps", directory)
        (directory / "node_modules").symlink_to(NODE_MODULES)
        port = free_port()
        process = test.spawn(
            "app",
            ["env", "-C", directory, *map(str, command(port))],
            environment={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"},
        )
        await process.until(lambda: is_listening(port), "the app listens", 60)
        return cls(port, process)

    async def says(self, *words):
        """Waits for a line of its output with all of these words."""

        def found():
            return any(all(word in line for word in words) for line in self.lines())

        await eventually(found, f"the app says {words}", 30)

    def lines(self):
        return self.process.log().splitlines()
