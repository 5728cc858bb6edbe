"""The programs of a soak: the gateway, its application, and what happens to them."""

import asyncio
import pathlib
import re
import signal
import ssl
import subprocess
import sys

from churn import configurations
from support.case import BINARY
from support.metrics import Metrics
from support.ports import free_port
from support.process import Process
from support.tcp_table import is_listening
from support.waiting import eventually
from support.web import get

ECHO_APP = pathlib.Path(__file__).parent / "echo_app.py"


class Stage:
    def __init__(self, directory, binary=BINARY):
        self.directory = directory
        self._binary = binary
        self.ports = {name: free_port() for name in ("plain", "tls", "proxy", "admin", "app")}
        self.done = {"reloads": 0, "refused reloads": 0, "app restarts": 0, "app freezes": 0}
        self._make_certificate()
        self.tls = ssl.create_default_context(cafile=directory / "soak.pem")
        self.tls.check_hostname = False
        self._file = directory / "gateway.yaml"
        self._apps = 0

    def _make_certificate(self):
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
                *("ec_paramgen_curve:P-256", "-noenc", "-days", "30", "-subj", "/CN=soak"),
                *("-keyout", self.directory / "soak.key", "-out", self.directory / "soak.pem"),
            ],
            check=True,
            capture_output=True,
        )
        (self.directory / "soak.key").chmod(0o600)

    async def start(self):
        await self.start_app()
        self._file.write_text(configurations.base(self.ports))
        self.gateway = Process("gateway", [self._binary, "run", "--config", self._file], self.directory)

        async def is_ready():
            return (await get(f"http://127.0.0.1:{self.ports['admin']}/readyz")).status == 200

        await self.gateway.until(is_ready, "the gateway is ready", 30)

    async def start_app(self):
        self._apps += 1
        command = [sys.executable, "-B", ECHO_APP, self.ports["app"]]
        self.app = Process(f"app-{self._apps}", command, self.directory)
        await self.app.until(lambda: is_listening(self.ports["app"]), "the app listens", 30)

    def kill(self):
        for process in (self.gateway, self.app):
            process.kill()

    async def metrics(self):
        return Metrics((await get(f"http://127.0.0.1:{self.ports['admin']}/metrics")).text)

    async def reload(self, text, result):
        """Sends SIGHUP and waits until the gateway has counted it as `result`."""

        async def counted():
            return (await self.metrics()).sum("pulsegate_config_reloads_total", result=result)

        before = await counted()
        self._file.write_text(text)
        self.gateway.signal(signal.SIGHUP)

        async def is_counted():
            return await counted() == before + 1

        await self.gateway.until(is_counted, f"a reload with the result {result}:\n{text}", 30)
        self.done["reloads" if result == "success" else "refused reloads"] += 1

    async def reload_now_and_then(self, dice):
        while True:
            await asyncio.sleep(dice.uniform(1.0, 4.0))
            if dice.random() < 0.4:
                await self.reload(configurations.spoilt(self.ports, dice), "failure")
            else:
                await self.reload(configurations.another(self.ports, dice), "success")

    async def disturb_the_app(self, dice):
        while True:
            await asyncio.sleep(dice.uniform(3.0, 9.0))
            if dice.random() < 0.3:
                self.app.signal(signal.SIGSTOP)
                await asyncio.sleep(dice.uniform(0.5, 6.0))
                self.app.signal(signal.SIGCONT)
                self.done["app freezes"] += 1
            else:
                if dice.random() < 0.5:
                    self.app.signal(signal.SIGTERM)
                    await asyncio.wait({asyncio.create_task(self.app.ended(5))})
                self.app.kill()
                await asyncio.sleep(dice.uniform(0.0, 1.0))
                await self.start_app()
                self.done["app restarts"] += 1

    async def quiet(self):
        """Waits until no connection is left anywhere; the metrics of that moment."""

        async def nothing_left():
            metrics = await self.metrics()
            left = [
                metrics.sum(f"pulsegate_{name}")
                for name in ("connections", "handshakes_in_progress", "pending_bytes")
            ]
            return None if any(left) else metrics

        return await eventually(nothing_left, "no session, handshake or pending byte is left", 30)

    def resident(self):
        """In bytes."""
        status = pathlib.Path(f"/proc/{self.gateway.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def descriptors(self):
        return self.gateway.descriptors()

    async def descriptors_left(self, expected):
        """How many there are, once they are few enough or a while has passed: the last scrape's
        connection takes a moment to go, and a connection that lingers half a minute."""
        for _ in range(800):
            if self.descriptors() <= expected:
                break
            await asyncio.sleep(0.05)
        return self.descriptors()
