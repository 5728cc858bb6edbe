"""The dashboard, the rules and the runbook against a gateway in real trouble, scraped by a real
Prometheus: every query finds data, and alerts fire when it is time.

So that an hour of trouble passes in a minute, every window and every wait of the rules is a
sixtieth of what it is in deploy/prometheus; names, expressions and thresholds are as they are there.
"""

import asyncio
import math
import re
import subprocess
import sys
import time
import unittest

import yaml

from support.case import SOURCE, SystemTest, main
from support.prometheus import Prometheus
from support.trouble import LIMIT, Trouble
from support.waiting import eventually

sys.path.insert(0, str(SOURCE / "tests/rules"))
import dashboard
import runbook

FASTER = 60
SCRAPES = "500ms"
CALM = 6.0  # seconds, in which no alert may fire

# In the order in which they are waited for.
RAISED = [
    "PulsegateMisaligned",
    "PulsegateEvictionBurst",
    "PulsegateAppErrors",
    "PulsegateAlignmentErrors",
    "PulsegateHopCuts",
    "PulsegateNearConnectionLimit",
    "PulsegateRefusingConnections",
    "PulsegateReloadFailed",
    "PulsegateMassDisconnect",
    "PulsegateNoConnections",
    "PulsegateTargetDown",
]
# What a busy machine may raise, whatever the gateway does.
OF_THE_MACHINE = {
    "PulsegateEventLoopLag",
    "PulsegateRttHigh",
    "PulsegatePongRatioLow",
    "PulsegateWorkerStuck",
}


def faster(rules):
    """Rules with every window (`[5m]`) and every wait (`for: 2m`) divided by FASTER."""

    def shorten(found):
        seconds = int(found["number"]) * {"s": 1, "m": 60, "h": 3600}[found["unit"]]
        return f"{found['before']}{seconds * 1000 // FASTER}ms"

    return re.sub(r"(?P<before>\[|\bfor: )(?P<number>\d+)(?P<unit>[smh])\b", shorten, rules)


def without_comparisons(expression):
    """What an alert compares. Where it says that something is absent, that something."""
    bare = re.sub(r"\s*(==|!=|>=|<=|>|<)\s*-?[\d.]+", "", expression)
    return re.sub(r"^absent\((.*)\)$", r"\1", bare)


class Dashboards(SystemTest):
    async def asyncSetUp(self):
        self.fired = set()  # names of alerts
        self.told = []  # what was told of those that were seen while they fired
        self.trouble = Trouble(self)
        await self.trouble.start()
        self.gateway = self.trouble.gateway
        self.prometheus = await self.start_prometheus()
        self.began = time.time()

        async def is_watched():  # it takes 5 s to find its targets, and says so: PulsegateAbsent
            found = await self.prometheus.query("instance:pulsegate_connections:sum")
            return found and not await self.prometheus.alerts()

        await eventually(is_watched, "Prometheus has scraped the gateway", 30)
        self.watching = asyncio.create_task(self.watch())

    async def asyncTearDown(self):
        self.watching.cancel()
        self.trouble.stop()
        await super().asyncTearDown()

    async def start_prometheus(self):
        source = SOURCE / "deploy/prometheus"
        for file in source.glob("pulsegate.*.yml"):
            self.write(file.name, faster(file.read_text()))
        config = (source / "prometheus.yml").read_text()
        self.assertEqual(config.count("15s"), 2)
        self.assertEqual(config.count("127.0.0.1:9464"), 1)
        config = config.replace("15s", SCRAPES)
        config = config.replace("127.0.0.1:9464", f"127.0.0.1:{self.gateway.admin_port}")
        return await Prometheus.start(self, self.write("prometheus.yml", config))

    async def watch(self):
        """Prometheus remembers those that fire too shortly to be seen here."""
        began = time.monotonic()
        while True:
            await asyncio.sleep(0.25)
            watched = int(time.monotonic() - began)
            if watched == 0:
                continue
            firing = await self.prometheus.query(
                f'count_over_time(ALERTS{{alertstate="firing"}}[{watched}s])'
            )
            self.fired = {labels["alertname"] for labels, _ in firing}
            self.told += [
                alert for alert in await self.prometheus.alerts() if alert["state"] == "firing"
            ]

    async def fire(self, up_to):
        """Waits until all of RAISED up to this one have fired."""
        for name in RAISED[: RAISED.index(up_to) + 1]:
            await eventually(lambda: name in self.fired, f"{name} fires", 30)

    async def run_the_trouble(self):
        trouble = self.trouble
        await asyncio.sleep(CALM)
        self.assertEqual(self.fired, set(), "an alert about a healthy gateway")
        trouble.app_goes_down()
        await asyncio.gather(trouble.misaligned_proxy(), trouble.bad_clients())
        await self.fire("PulsegateAppErrors")
        await trouble.app_is_up_again()
        await trouble.too_many_clients()
        await trouble.mistake_in_the_file()
        await self.fire("PulsegateReloadFailed")
        await trouble.everybody_is_lost()
        await self.fire("PulsegateNoConnections")
        await trouble.drain_begins()
        await eventually(self.sees_the_drain, "Prometheus sees the drain")
        self.metrics = await self.gateway.metrics()
        self.in_drain = time.time()
        self.assertEqual(await self.gateway.process.ended(), 0)
        await self.fire("PulsegateTargetDown")
        self.ended = time.time()

    async def sees_the_drain(self):
        return await self.prometheus.query("pulsegate_draining == 1")

    def rules(self):
        """Those that Prometheus has been given."""
        for file in sorted(self.directory.glob("pulsegate.*.yml")):
            for group in yaml.safe_load(file.read_text())["groups"]:
                yield from group["rules"]

    def queries(self):
        """{where it stands: (PromQL, is it about one moment)} of all queries that there are."""
        variables = {
            "__rate_interval": "2s",
            "__range": "60s",
            "job": "pulsegate",
            "instance": f"127.0.0.1:{self.gateway.admin_port}",
            "route": "/|/app|/quiet",
        }
        instant = {
            f"{panel['title']}, {target['refId']}"
            for panel in dashboard.panels()
            for target in panel["targets"]
            if target["instant"]
        }
        found = {
            f"panel {what}": (dashboard.with_values(expression, variables), what in instant)
            for what, expression in dashboard.queries()
        }
        for rule in self.rules():
            if "record" in rule:
                found[f"figure {rule['record']}"] = (rule["record"], False)
            else:
                found[f"alert {rule['alert']}"] = (without_comparisons(rule["expr"]), False)
        for name, text in runbook.entries().items():
            for number, expression in enumerate(runbook.queries(text)):
                found[f"runbook {name}, {number + 1}"] = (expression, False)
        return found

    async def values(self, expression, at_once):
        """What a query finds: in the drain, or from the beginning to the end."""
        if at_once:
            return [value for _, value in await self.prometheus.query(expression, self.in_drain)]
        found = await self.prometheus.query_range(expression, self.began, self.ended, 0.5)
        return [value for _, values in found for value in values]

    def check_that_there_was_trouble(self):
        sum_of = self.metrics.sum
        for reason in ("client_lost", "evicted", "slow_client", "app_lost"):
            self.assertGreater(sum_of("pulsegate_connections_closed_total", reason=reason), 0)
        for reason in ("connection_limit", "app_unreachable"):
            self.assertGreater(sum_of("pulsegate_handshakes_rejected_total", reason=reason), 0)
        self.assertEqual(sum_of("pulsegate_connections_limit"), LIMIT)
        deadline = sum_of("pulsegate_drain_deadline_timestamp_seconds")
        self.assertAlmostEqual(deadline, self.in_drain, delta=10)

    def check_alerts(self):
        self.assertEqual(self.fired - set(RAISED) - OF_THE_MACHINE, set(), "without a reason")
        for alert in self.told:  # the person on call reads figures and names
            for text in alert["annotations"].values():
                self.assertNotRegex(text, r"<no value>|%!|<error|\bNaN\b|  ")

    def check_names(self):
        texts = [dashboard.FILE.read_text(), runbook.FILE.read_text()]
        texts += [file.read_text() for file in SOURCE.glob("deploy/prometheus/*.yml")]
        named = set().union(*map(runbook.metrics_in, texts))
        figures = {rule["record"].split(":")[1] for rule in self.rules() if "record" in rule}
        unknown = {name for name in named - figures if not self.metrics.has(name)}
        self.assertEqual(unknown, set(), "no such metric")

    def check_metrics(self):
        done = subprocess.run(
            ["promtool", "check", "metrics"],
            input=self.metrics.text,
            capture_output=True,
            text=True,
        )
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    async def check_queries(self):
        queries = self.queries()
        self.assertGreater(len(queries), 130)
        empty = [
            f"{what}: {expression}"
            for what, (expression, at_once) in queries.items()
            if not any(map(math.isfinite, await self.values(expression, at_once)))
        ]
        self.assertEqual("\n".join(empty), "")

    async def test_every_query_finds_data_and_alerts_fire_when_it_is_time(self):
        await self.run_the_trouble()
        self.check_that_there_was_trouble()
        self.check_alerts()
        self.check_metrics()
        self.check_names()
        await self.check_queries()


class TheTest(unittest.TestCase):
    def test_only_windows_and_waits_are_shortened(self):
        rule = "record: a:increase5m\nexpr: increase(b[5m]) > 30\nfor: 2m\nsummary: in 15 minutes"
        self.assertEqual(
            faster(rule),
            "record: a:increase5m\nexpr: increase(b[5000ms]) > 30\nfor: 2000ms\n"
            "summary: in 15 minutes",
        )

    def test_what_an_alert_compares_is_found(self):
        self.assertEqual(
            without_comparisons('a{b="1", c!="2"} / (d > 0) > 0.5 and e == 1'),
            'a{b="1", c!="2"} / (d) and e',
        )
        self.assertEqual(without_comparisons('absent(up{a="b"})'), 'up{a="b"}')


if __name__ == "__main__":
    main()
