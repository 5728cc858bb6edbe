"""A real Caddy with a configuration of the test's own."""

import shutil

from support.ports import free_port
from support.tcp_table import is_listening

CONFIGURATION = """\
{{
    admin 127.0.0.1:{admin_port}
    auto_https off
}}

http://:{port} {{
    bind 127.0.0.1
    reverse_proxy 127.0.0.1:{gateway_port}
}}
"""
PROGRAM = shutil.which("caddy", path="/usr/bin")


class Caddy:
    def __init__(self, port, file, process):
        self.port = port
        self.file = file
        self.process = process

    @classmethod
    async def start(cls, test, gateway):
        """Starts one in front of `gateway`, with nothing but its defaults."""
        port, admin_port = free_port(), free_port()
        file = test.write(
            f"Caddyfile-{port}",
            CONFIGURATION.format(port=port, admin_port=admin_port, gateway_port=gateway.port),
        )
        process = cls.command(test, "run", file)
        await process.until(lambda: is_listening(port), "Caddy listens")
        return cls(port, file, process)

    @staticmethod
    def command(test, word, file):
        """Starts `caddy run`, `caddy reload` or `caddy validate` for a Caddyfile; its process."""
        return test.spawn(
            f"caddy-{word}",
            [PROGRAM, word, "--adapter", "caddyfile", "--config", file],
            environment={"HOME": str(test.directory)},
        )
