"""The wall clock jumps: nobody is evicted for it, pings stay regular, and no figure is absurd.

libfaketime stands between the gateway and that clock; a test moves it by writing an offset into a
file while the gateway runs. The monotonic clock never jumps on Linux, but a process that is stopped
sees it do so: the in-process tests of `suspended` have that."""

import asyncio
import datetime
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

import websockets

from support.accounts import ends, settled
from support.case import SystemTest, main
from support.gateway import Gateway
from support.raw_client import PING, RawClient
from support.waiting import eventually, within

PRELOADED = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
HOUR, DAY = 3600, 86400
JUMPS = (HOUR, -HOUR, DAY, -DAY, 0)  # from the true time
INTERVAL, TIMEOUT = 0.3, 4.0
FIGURE = re.compile(r" (duration|client_idle|client_quiet|app_idle|rtt)=(\S+)")
TEN_YEARS = str(10 * 365 * DAY)
UNSHARE = ["unshare", "--time", "--monotonic", TEN_YEARS, "--boottime", TEN_YEARS]


def can_shift_uptime():
    probe = subprocess.run([*UNSHARE, "true"], capture_output=True, check=False)
    return probe.returncode == 0


class FaultsOfClocks(SystemTest):
    async def start(self, **settings):
        """A gateway whose wall clock self.jump() moves."""
        self.began = time.monotonic()
        self.offset = self.directory / "offset"
        self.jump(0)
        prefix = [
            *("env", f"LD_PRELOAD={PRELOADED}", f"FAKETIME_TIMESTAMP_FILE={self.offset}"),
            *("FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_NO_CACHE=1", "NO_FAKE_STAT=1"),
        ]
        settings.setdefault("heartbeat", "{ interval: 300ms, timeout: 4s }")
        settings.setdefault("limits", "{ connections: 100 }")
        return await Gateway.start(self, prefix=prefix, **settings)

    def jump(self, seconds):
        new = self.directory / "offset.new"
        new.write_text(f"{seconds:+d}\n")
        os.rename(new, self.offset)

    async def vanish(self, gateway, client):
        """Returns the log's line for the end of that client's session."""

        def lines():
            log = gateway.process.log()
            return [line for line in log.splitlines() if "session ended" in line]

        before = len(lines())
        client.abort()
        await eventually(lambda: len(lines()) > before, "a line for a session")
        return lines()[-1]

    async def offset_in_log(self, gateway):
        """How far from the true time the gateway writes its log, in seconds."""
        line = await self.vanish(gateway, await RawClient.open(gateway.port))
        logged = datetime.datetime.fromisoformat(line.split()[0])
        return logged.timestamp() - time.time()

    async def pings(self, gateway, count):
        """The gaps between that many pings that a silent client gets before its eviction."""
        client = await RawClient.open(gateway.port)
        moments = []
        while len(moments) < count:
            opcode, _, _ = await client.read_frame()
            self.assertEqual(opcode, PING)
            moments.append(time.monotonic())
        await self.vanish(gateway, client)
        return [later - sooner for sooner, later in zip(moments, moments[1:])]

    def check_figures(self, gateway, metrics):
        longest = time.monotonic() - self.began
        for name, value in FIGURE.findall(gateway.process.log()):
            self.assertTrue(0 <= float(value) <= longest, f"{name}={value} within {longest} s")
        self.assertLess(metrics.sum("pulsegate_event_loop_lag_seconds_sum"), longest)
        for line in gateway.process.log().splitlines():
            self.assertNotRegex(line, r"^\S+ (error|warning)(?! session ended)", line)

    async def test_the_wall_clock_jumps(self):
        gateway = await self.start()
        async with websockets.connect(gateway.url, ping_interval=None) as quiet:
            for offset in JUMPS:
                self.jump(offset)
                self.assertAlmostEqual(await self.offset_in_log(gateway), offset, delta=60)
                # Gaps, not moments: a busy machine delays a ping, the next one is on time again.
                gaps = await self.pings(gateway, 3)
                self.assertLess(min(gaps), 1.5 * INTERVAL)
                await quiet.send(str(offset))
                self.assertEqual(await within(quiet.recv(), "an echo"), str(offset))
            metrics = await settled(gateway, live=1)
            self.assertEqual(ends(metrics), {"client_lost": 2 * len(JUMPS)})
            self.check_figures(gateway, metrics)

    async def test_silent_clients_are_evicted_in_true_time_while_the_wall_clock_jumps(self):
        gateway = await self.start()
        silent = await RawClient.open(gateway.port)
        began = time.monotonic()
        closing = asyncio.create_task(silent.read_close(30))
        while not closing.done():
            for offset in JUMPS:
                self.jump(offset)
                await asyncio.sleep(0.05)  # the jumps themselves, not a wait for anything
        code, _ = await closing
        self.assertEqual(code, 4001)
        self.assertGreater(time.monotonic() - began, TIMEOUT - 0.2)

    async def test_a_drain_keeps_its_window_while_the_wall_clock_jumps(self):
        gateway = await self.start(drain="{ window: 2s }")
        async with websockets.connect(gateway.url, ping_interval=None) as client:
            self.jump(DAY)
            gateway.process.signal(signal.SIGTERM)
            await eventually(lambda: "draining" in gateway.process.log(), "the drain")
            self.jump(-DAY)
            await within(client.wait_closed(), "the end of the session")
            self.assertEqual(client.close_code, 1012)
        self.assertEqual(await gateway.process.ended(), 0)

    async def test_certificates_are_judged_by_the_wall_clock_of_a_reload(self):
        self.make_certificate(days=30)
        gateway = await self.start(listener="tls: { certificate: own.pem, private_key: own.key }")

        async def count():
            metrics = await gateway.metrics()
            return metrics.sum("pulsegate_config_reloads_total", result="success")

        for number, (days, said) in enumerate(
            (
                (0, None),
                (20, "this certificate expires soon"),
                (40, "this certificate has expired"),
                (-1, "this certificate is not valid yet"),
                (0, None),
            )
        ):
            self.jump(days * DAY)
            said_before = gateway.process.log().count("code=PG163")
            gateway.process.signal(signal.SIGHUP)

            async def is_counted():
                return await count() == number + 1

            await eventually(is_counted, f"a reload {days} days ahead")
            more = gateway.process.log().count("code=PG163") - said_before
            self.assertEqual(more, said is not None)
            self.assertIn(said or "", gateway.process.log())

    def make_certificate(self, days):
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
                *("ec_paramgen_curve:P-256", "-noenc", "-days", str(days), "-subj", "/CN=own"),
                *("-keyout", self.directory / "own.key", "-out", self.directory / "own.pem"),
            ],
            check=True,
            capture_output=True,
        )
        (self.directory / "own.key").chmod(0o600)

    @unittest.skipUnless(
        shutil.which("unshare") and can_shift_uptime(), "takes a time namespace of its own"
    )
    async def test_a_machine_that_is_up_for_ten_years(self):
        gateway = await Gateway.start(self, prefix=UNSHARE)
        async with websockets.connect(gateway.url, ping_interval=None) as client:
            await client.send("hello")
            self.assertEqual(await within(client.recv(), "an echo"), "hello")
            silent = await RawClient.open(gateway.port)
            self.assertEqual((await silent.read_close(30))[0], 4001)
        self.assertEqual(ends(await settled(gateway)), {"evicted": 1, "client_closed": 1})


if __name__ == "__main__":
    main()
