"""/metrics, read by Prometheus's own tools."""

import subprocess

import websockets

from support.case import SystemTest, main
from support.gateway import Gateway
from support.ports import free_port
from support.waiting import eventually
from support.web import get

PROMETHEUS = """\
global: {{ scrape_interval: 1s }}
scrape_configs:
  - job_name: pulsegate
    static_configs: [{{ targets: ["127.0.0.1:{port}"] }}]
"""

EXPECTED = """
pulsegate_connections pulsegate_connections_opened_total pulsegate_connections_closed_total
pulsegate_timeout_evictions_total pulsegate_handshakes_rejected_total pulsegate_pings_sent_total
pulsegate_pongs_received_total pulsegate_ping_rtt_seconds pulsegate_messages_total
pulsegate_bytes_total pulsegate_connection_duration_seconds pulsegate_idle_at_close_seconds
pulsegate_draining pulsegate_build_info process_open_fds process_max_fds
process_resident_memory_bytes process_cpu_seconds_total
""".split()


class MetricsEndpoint(SystemTest):
    async def asyncSetUp(self):
        self.gateway = await Gateway.start(self, heartbeat="{ interval: 200ms, timeout: 5s }")
        self.clients = [
            await websockets.connect(self.gateway.url, ping_interval=None) for _ in range(3)
        ]
        await self.clients[0].close()

        async def settled():
            metrics = await self.gateway.metrics()
            return (
                metrics.sum("pulsegate_connections") == 2
                and metrics.sum("pulsegate_pongs_received_total") > 0
            )

        await eventually(settled, "two sessions are live and have answered a ping")

    async def asyncTearDown(self):
        for client in self.clients:
            await client.close()
        await super().asyncTearDown()

    async def test_it_says_that_it_lives_and_that_it_is_ready(self):
        admin = f"http://127.0.0.1:{self.gateway.admin_port}"
        for path, status in (("/healthz", 200), ("/readyz", 200), ("/elsewhere", 404)):
            self.assertEqual((await get(admin + path)).status, status, path)

    async def test_promtool_finds_no_fault(self):
        metrics = await self.gateway.metrics()
        check = subprocess.run(
            ["promtool", "check", "metrics"], input=metrics.text, capture_output=True, text=True
        )
        self.assertEqual((check.returncode, check.stdout + check.stderr), (0, ""))
        self.assertEqual(
            [name for name in EXPECTED if not metrics.has(name)], [], "missing metrics"
        )
        self.assertEqual(metrics.sum("pulsegate_connections_opened_total"), 3)
        self.assertEqual(
            metrics.sum("pulsegate_connections_closed_total", reason="client_closed"), 1
        )

    async def test_prometheus_scrapes_it_and_answers_queries(self):
        port = free_port()
        targets = PROMETHEUS.format(port=self.gateway.admin_port)
        command = [
            "prometheus",
            f"--config.file={self.write('prometheus.yml', targets)}",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--storage.tsdb.path={self.directory}/data",
        ]
        prometheus = self.spawn("prometheus", command)

        async def query(expression):
            answer = (await get(f"http://127.0.0.1:{port}/api/v1/query?query={expression}")).json()
            return [float(sample["value"][1]) for sample in answer["data"]["result"]]

        async def has_scraped():
            self.assertIsNone(prometheus.exit_code, "Prometheus ended")
            try:
                return await query("up") == [1.0] and await query("sum(pulsegate_connections)")
            except ValueError:  # it answers 503 in plain text while it starts
                return None

        self.assertEqual(
            await eventually(has_scraped, "Prometheus has scraped the gateway", 30), [2.0]
        )


if __name__ == "__main__":
    main()
