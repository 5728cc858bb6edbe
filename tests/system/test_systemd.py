"""The Debian package under a real systemd, with all of the unit's confinement.

Also: what `check --unit` says about a drain is what systemd does.
"""

import re
import subprocess
import unittest

from support.case import SystemTest, main
from support.debian import package
from support.scratch_machine import ScratchMachine

CONFIGURATION = "/etc/pulsegate/gateway.yaml"
UNIT = "/lib/systemd/system/pulsegate.service"
CLIENTS = 20
# Opens connections, says so, and prints with which codes they end.
CLIENT = f"""\
import asyncio, collections, websockets
async def end(client):
    try:
        while True:
            await client.recv()
    except websockets.ConnectionClosed as closed:
        return closed.code
async def main():
    clients = [
        await websockets.connect("ws://127.0.0.1:8081/", ping_interval=None)
        for _ in range({CLIENTS})
    ]
    print("connected", flush=True)
    print(sorted(collections.Counter(await asyncio.gather(*map(end, clients))).items()), flush=True)
asyncio.run(main())
"""
# Connects again and again until the file $1 is there; prints how often, and what went wrong.
VISITOR = """\
import asyncio, os, sys, websockets
async def main():
    visits, problems = 0, []
    while not os.path.exists(sys.argv[1]):
        try:
            async with websockets.connect("ws://127.0.0.1:8081/", open_timeout=30) as client:
                await client.send("hello")
        except Exception as problem:
            problems.append(repr(problem))
        visits += 1
        if visits == 1:
            print("first visit", flush=True)
    print(visits, problems, flush=True)
asyncio.run(main())
"""


@unittest.skipUnless(
    ScratchMachine.is_possible(), "needs root that may mount and make control groups"
)
class Systemd(SystemTest):
    async def install(self):
        machine = await ScratchMachine.start(self)
        deb = self.directory / "pulsegate.deb"
        deb.write_bytes(package().read_bytes())
        machine.run("dpkg", "--no-triggers", "--install", deb)
        return machine, deb

    def show(self, machine, name):
        return machine.run(
            "systemctl", "show", "--value", f"--property={name}", "pulsegate"
        ).strip()

    async def connect(self, machine):
        client = machine.spawn("clients", "/usr/bin/python3", "-c", CLIENT)
        await client.until(lambda: "connected" in client.log(), "the clients are connected", 30)
        return client

    async def codes(self, client):
        """With which codes the clients ended: {code: how many}."""
        self.assertEqual(await client.ended(30), 0, client.log())
        ends = re.findall(r"\((\d+), (\d+)\)", client.log())
        return {int(code): int(count) for code, count in ends}

    async def test_the_service_is_enabled_reloaded_upgraded_and_purged(self):
        machine, deb = await self.install()
        self.assertEqual(machine.run("systemctl", "is-enabled", "pulsegate", code=1), "disabled\n")
        self.assertEqual(self.show(machine, "ActiveState"), "inactive")

        machine.run("systemctl", "enable", "--now", "pulsegate.service")
        self.assertEqual(self.show(machine, "StatusText"), "serving")
        machine.run("pulsegate", "health", "--ready", "--config", CONFIGURATION)
        pid = self.show(machine, "MainPID")
        status = machine.read(f"/proc/{pid}/status")
        uid = machine.run("id", "-u", "pulsegate").strip()
        self.assertIn(f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}", status)
        self.assertIn("CapEff:\t0000000000000000", status)
        self.assertIn("Seccomp:\t2", status)  # filtered

        client = await self.connect(machine)
        machine.run("sh", "-c", f"echo 'drain: {{ window: 300ms }}' > {CONFIGURATION}")
        machine.run("systemctl", "reload", "pulsegate")
        said = machine.run("dpkg", "--no-triggers", "--force-confold", "--install", deb)
        self.assertIn("still the old version", said)
        self.assertEqual(self.show(machine, "MainPID"), pid)
        self.assertIsNone(client.exit_code, "the clients were disconnected")

        machine.run("dpkg", "--no-triggers", "--purge", "pulsegate")
        self.assertEqual(await self.codes(client), {1012: CLIENTS})
        self.assertEqual(self.show(machine, "LoadState"), "not-found")
        machine.run("getent", "passwd", "pulsegate", code=2)

    async def test_with_its_socket_unit_it_starts_on_demand_and_a_restart_refuses_nobody(self):
        machine, _ = await self.install()
        machine.run("sh", "-c", f"echo 'drain: {{ window: 300ms }}' > {CONFIGURATION}")
        machine.run("systemctl", "enable", "--now", "pulsegate.socket")
        self.assertEqual(self.show(machine, "ActiveState"), "inactive")
        done = self.directory / "done"
        visitor = machine.spawn("visitor", "/usr/bin/python3", "-c", VISITOR, done)
        await visitor.until(lambda: "first visit" in visitor.log(), "somebody is let in", 30)
        before = self.show(machine, "MainPID")
        machine.run("systemctl", "restart", "pulsegate.service")
        self.assertNotEqual(self.show(machine, "MainPID"), before)
        done.touch()
        self.assertEqual(await visitor.ended(40), 0, visitor.log())
        self.assertRegex(visitor.log(), r"\n\d+ \[\]\n$")

    async def test_a_verdict_on_a_unit_is_what_systemd_does(self):
        machine, _ = await self.install()
        machine.run("sh", "-c", f"echo 'drain: {{ window: 3s }}' > {CONFIGURATION}")
        folder = "/etc/systemd/system/pulsegate.service.d"
        machine.run("mkdir", "-p", folder)
        for name, lines, is_cut in (
            ("heard", "TimeoutStopSec=1s", False),
            ("not heard", "Type=exec\nNotifyAccess=none\nWatchdogSec=0\nTimeoutStopSec=1s", True),
            ("heard by the watchdog", "Type=exec\nTimeoutStopSec=1s", False),
            # The pause keeps the kernel from making one signal of the two.
            (
                "second signal",
                "ExecStop=/bin/kill -TERM $MAINPID\nExecStop=/bin/sleep 0.5",
                True,
            ),
        ):
            with self.subTest(name=name):
                drop_in = f"{folder}/test.conf"
                text = self.write("test.conf", f"[Service]\n{lines}\n")
                machine.run("cp", text, drop_in)
                machine.run("systemctl", "daemon-reload")
                report = machine.run(
                    *("pulsegate", "check", "--format", "line", "--config", CONFIGURATION),
                    *("--unit", UNIT, "--unit", drop_in),
                )
                self.assertEqual(bool(re.search("PG40[12]", report)), is_cut, report)

                machine.run("systemctl", "start", "pulsegate")
                await machine.until("pulsegate", "health", "--config", CONFIGURATION, what="ready")
                client = await self.connect(machine)
                machine.run("systemctl", "stop", "pulsegate")
                codes = await self.codes(client)
                if is_cut:
                    self.assertGreater(CLIENTS - codes.get(1012, 0), 0, codes)
                else:
                    self.assertEqual(codes, {1012: CLIENTS})


if __name__ == "__main__":
    main()
