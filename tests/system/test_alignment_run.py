"""What `run` makes of proxies that cut connections, and the margins that it exports."""

import subprocess

from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.nginx_site import RELAYED, http_site
from support.ports import free_port
from support.tcp_table import is_listening
from support.watched_client import WatchedClient

HEARTBEAT = "{ interval: 25s, timeout: 45s }"
FORWARDED = RELAYED + "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"

CHAIN = """\
proxies:
  - preset: cloudflare
  - preset: aws-cloudfront
  - {{ name: office proxy, idle: 48s, resets: to_gateway, lifetime: 4h }}
  - nginx: {{ config: {nginx} }}
"""


class AlignmentOfRun(SystemTest):
    def setUp(self):
        self.port, self.admin_port = free_port(), free_port()

    def nginx(self, read_timeout):
        """An nginx.conf that leads to the gateway, which has no other fault than its limit."""
        location = f"{FORWARDED}proxy_read_timeout {read_timeout};"
        return self.write("nginx.conf", http_site(free_port(), self.port, location))

    def configured(self, proxies, limits="{ connections: 100 }"):
        return Gateway.write(
            self, self.port, self.admin_port, heartbeat=HEARTBEAT, limits=limits, more=proxies
        )

    async def running(self, file):
        return await Gateway.run(self, self.port, self.admin_port, file)

    async def exported(self, gateway):
        """Margins by (hop, direction), and findings by severity."""
        metrics = await gateway.metrics()
        margins = metrics.each("pulsegate_alignment_margin_seconds")
        findings = metrics.each("pulsegate_alignment_findings")
        return (
            {labels: round(value, 6) for labels, value in margins},
            {severity: value for (severity,), value in findings},
        )

    async def test_a_misaligned_gateway_says_what_to_change_and_ends_with_78(self):
        nginx = self.nginx("20s")
        line = 1 + nginx.read_text()[: nginx.read_text().index("proxy_read_timeout")].count("\n")
        proxies = f"proxies:\n  - nginx: {{ config: {nginx} }}\n"
        for how in ("", "alignment: enforce\n"):
            with self.subTest(how=how):
                file = self.configured(proxies + how)
                result = subprocess.run(
                    [BINARY, "run", "--config", file], capture_output=True, text=True, timeout=30
                )
                self.assertEqual((result.returncode, result.stdout), (78, ""))
                for part in (
                    "error[PG301]: nginx cuts a quiet connection before the gateway pings it",
                    f"{nginx}:{line}:1",
                    f"{file}:",
                    "ends a connection after 20s without a byte",
                    "pings leave every 25s",
                    "help: set `proxy_read_timeout 60s;` here, or `heartbeat.interval: ",
                    "`alignment: warn`",
                ):
                    self.assertIn(part, result.stderr)
                self.assertFalse(is_listening(self.port))

    async def test_a_misaligned_gateway_that_is_to_warn_serves_and_exports_how_far_it_is_off(self):
        nginx = self.nginx("20s")
        gateway = await self.running(
            self.configured(f"proxies:\n  - nginx: {{ config: {nginx} }}\nalignment: warn\n")
        )
        client = await WatchedClient.open(self.port)
        await client.echo("served all the same")
        client.abort()
        self.assertIn("error[PG301]", gateway.process.log())
        self.assertEqual(
            await self.exported(gateway),
            (
                {("nginx", "to_client"): -5.1, ("nginx", "to_gateway"): -10.1},
                {"error": 1, "warning": 0},
            ),
        )

    async def test_warnings_keep_no_gateway_from_starting(self):
        nginx = self.nginx("36s")
        gateway = await self.running(
            self.configured(f"proxies:\n  - nginx: {{ config: {nginx} }}\nalignment: enforce\n")
        )
        self.assertIn("warning[PG302]", gateway.process.log())
        self.assertIn("warning[PG303]", gateway.process.log())
        self.assertEqual(
            await self.exported(gateway),
            (
                {("nginx", "to_client"): 10.9, ("nginx", "to_gateway"): 5.9},
                {"error": 0, "warning": 2},
            ),
        )

    async def test_every_hop_of_a_chain_has_its_margins(self):
        gateway = await self.running(
            self.configured(
                CHAIN.format(nginx=self.nginx("60s")), "{ connections: 100, session_age: 3h }"
            )
        )
        # The longest silence towards the client is 25.1 s: the interval and one tick of the timer.
        # Towards the gateway it is 30.1 s, because an answer may take 5 s.
        self.assertEqual(
            await self.exported(gateway),
            (
                {
                    ("cloudflare", "to_client"): 74.9,
                    ("cloudflare", "to_gateway"): 69.9,
                    ("aws-cloudfront", "to_client"): 574.9,
                    ("office proxy", "to_gateway"): 17.9,
                    ("office proxy", "life"): 3595.8,
                    ("nginx", "to_client"): 34.9,
                    ("nginx", "to_gateway"): 29.9,
                },
                {"error": 0, "warning": 0},
            ),
        )

    async def test_a_gateway_without_proxies_has_no_margins_and_nothing_to_mend(self):
        gateway = await self.running(self.configured("proxies: []\n"))
        self.assertEqual(await self.exported(gateway), ({}, {"error": 0, "warning": 0}))


if __name__ == "__main__":
    main()
