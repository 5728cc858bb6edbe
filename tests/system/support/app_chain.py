"""An app as it comes from its makers, behind the gateway behind Nginx, and programs that use it there."""

import shutil
import signal
import sys

from support.case import BINARY, SOURCE, SystemTest
from support.gateway import Gateway
from support.nginx import Nginx
from support.ports import free_port
from support.tcp_table import is_listening
from support.waiting import eventually
from support.web import get

APPS = SOURCE / "tests/system/apps"
NGINX_LIMIT = "3s"  # its proxy_read_timeout; the gateway's heartbeat is 1 s, as 25 s are to 60 s
QUIET = 4.0  # seconds without a byte of the app's, as in apps/story.mjs


class AppTest(SystemTest):
    async def serve(self, script, *words):
        """Starts apps/`script` PORT *words, with a gateway and an Nginx in front."""
        await self.serve_command(lambda port: self.program(script, port, *words))

    async def serve_asgi(self, app):
        """The same for an ASGI app of apps/, as `module:name`, under uvicorn."""
        uvicorn = [sys.executable, "-B", "-m", "uvicorn", app, "--app-dir", APPS, "--port"]
        await self.serve_command(lambda port: [*uvicorn, port])

    async def serve_command(self, command, **options):
        """The same for command(port), with options of Process."""
        app_port = free_port()
        app = self.spawn("app", command(app_port), **options)
        await app.until(lambda: is_listening(app_port), "the app listens", 30)
        self.port, self.admin_port = free_port(), free_port()
        upstream = f"ws://127.0.0.1:{app_port}"
        self.file = Gateway.write(self, self.port, self.admin_port, upstream=upstream)
        gateway = await Gateway.run(self, self.port, self.admin_port, self.file)
        self.serving = gateway.process
        nginx = await Nginx.start(self, gateway, read_timeout=NGINX_LIMIT)
        self.url = f"http://127.0.0.1:{nginx.port}"

    @staticmethod
    def program(script, *words):
        assert (APPS / "node_modules").is_dir(), f"run first: {APPS}/install"
        return [shutil.which("node"), APPS / script, *words]

    async def replace_gateway(self):
        """Has a second gateway take over; returns when the first one has drained."""
        old = self.serving
        heir = self.spawn("heir", [BINARY, "run", "--config", self.file, "--take-over", old.pid])
        self.assertEqual(await old.ended(20), 0)

        async def is_ready():
            return (await get(f"http://127.0.0.1:{self.admin_port}/readyz")).status == 200

        await heir.until(is_ready, "the second gateway is ready")
        self.serving = heir
        self.addAsyncCleanup(self.end, heir)

    async def end(self, process):
        process.signal(signal.SIGTERM)
        self.assertEqual(await process.ended(), 0, process.log())

    def start_clients(self, *clients):
        """Starts each `script` URL *words."""
        return [
            self.spawn("-".join((script, *words)), self.program(script, self.url, *words))
            for script, *words in clients
        ]

    async def live_and_come_back(self, *clients):
        """Runs clients, each a script with its words, through what apps/story.mjs tells, side by side."""
        programs = self.start_clients(*clients)
        for word in ("works", "lives"):
            await self.all_say(programs, word)
        await self.replace_gateway()
        for program in programs:
            program.signal(signal.SIGUSR2)
        await self.all_say(programs, "back")

    async def all_say(self, programs, word):
        def said(program):
            return word in program.log().splitlines()

        for program in programs:
            await eventually(
                lambda: said(program) or program.exit_code is not None, f"{program.name}: {word}"
            )
        silent = [program.name for program in programs if not said(program)]
        self.assertEqual(silent, [], f"did not say `{word}`")
