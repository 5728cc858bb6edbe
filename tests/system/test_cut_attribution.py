"""Quiet connections that a real proxy cuts: the gateway says which one, and by which limit."""

import asyncio
import re

from support.case import SystemTest, main
from support.cut_chain import CutChain, fields
from support.haproxy import HAProxy, haproxy_text
from support.waiting import eventually, side_by_side

LIMIT = 2  # seconds without a byte
QUIET_CLIENTS = 10
APART = 0.55  # seconds between them: a little more than what counts as one occasion
CLUSTER_ACCURACY = 0.25  # seconds; the widest window in which cuts of one limit are looked for
NGINX_LIMIT = f"proxy_read_timeout {LIMIT}s;"


class CutAttribution(SystemTest):
    def setUp(self):
        self.silences = []  # how long clients had been quiet when they were cut

    async def asyncTearDown(self):
        furthest = max((abs(each - LIMIT) for each in self.silences), default=0)
        print(f"cut within {1000 * furthest:.0f} ms of the limit ", end="", flush=True)
        await super().asyncTearDown()

    async def verdict(self, chain, hop):
        """Has quiet clients cut; what the log says of it, once, when it is put down to `hop`."""
        clients = []
        for number in range(QUIET_CLIENTS):
            clients.append(await chain.open(number))
            await asyncio.sleep(APART)  # the pace of the clients
        for client in clients:
            self.assertEqual((await client.end(20))[0], 1006)

        async def is_found():
            return (await chain.cuts()).get(hop, 0) >= 5

        await eventually(is_found, f"cuts are put down to {hop}")
        self.assertEqual(list(await chain.cuts()), [hop])
        for line in chain.gateway.log_lines("session ended", "reason=client_lost"):
            ended = fields(line)
            self.silences.append(max(float(ended["client_idle"]), float(ended["client_quiet"])))
        (finding,) = chain.findings()
        self.assertEqual(finding["hop"], hop)
        self.assertAlmostEqual(float(finding["seconds"]), LIMIT, delta=CLUSTER_ACCURACY)
        self.assertGreaterEqual(int(finding["cuts"]), 5)
        return finding

    async def declared(self):
        chain = await CutChain.behind_nginx(self, NGINX_LIMIT)
        finding = await self.verdict(chain, "nginx")
        where = chain.place_of("proxy_read_timeout")
        self.assertRegex(
            finding["finding"],
            r"^idle 2\.0 s, \d+ times in \d+ s: looks like nginx proxy_read_timeout "
            rf"\(declared 2s at {re.escape(where)}\)$",
        )
        self.assertEqual(finding["option"], "proxy_read_timeout")
        self.assertEqual(finding["where"], where)
        self.assertIn("set `proxy_read_timeout ", finding["help"])

    async def declared_but_not_reloaded(self):
        chain = await CutChain.behind_nginx(self, NGINX_LIMIT)
        text = chain.file.read_text()
        chain.file.write_text(text.replace(NGINX_LIMIT, "proxy_read_timeout 300s;"))

        async def is_read():
            metrics = await chain.gateway.metrics()
            margin = "pulsegate_alignment_margin_seconds"
            return metrics.sum(margin, direction="to_client") > 200

        await eventually(is_read, "the gateway reads the file again")
        finding = await self.verdict(chain, "nginx")
        where = chain.place_of("proxy_read_timeout")
        self.assertIn(
            f"looks like nginx proxy_read_timeout as it was before; {where} now declares 5m: "
            "was it reloaded?",
            finding["finding"],
        )
        self.assertIn("nginx -s reload", finding["help"])

    async def not_declared(self):
        chain = await CutChain.behind_nginx(self, NGINX_LIMIT, is_declared=False)
        finding = await self.verdict(chain, "undeclared")
        self.assertIn("a limit of a proxy that is not declared", finding["finding"])
        self.assertIn("add `- { name: unknown proxy, idle: 2s }` to `proxies`", finding["help"])

    async def haproxy(self):
        def write(port, gateway_port):
            limits = f"timeout client 9s\n    timeout server 9s\n    timeout tunnel {LIMIT}s"
            return HAProxy.write(self, port, haproxy_text(port, gateway_port, limits))

        def declare(file):
            return f"proxies:\n  - name: balancer\n    haproxy: {{ config: {file} }}\n"

        chain = await CutChain.start(self, write, declare)
        await HAProxy.run(self, chain.port, chain.file)
        finding = await self.verdict(chain, "balancer")
        self.assertIn("looks like balancer timeout tunnel (declared 2s at", finding["finding"])

    async def test_the_proxy_whose_limit_cuts_quiet_clients_is_named(self):
        scenes = (self.declared, self.declared_but_not_reloaded, self.not_declared, self.haproxy)
        await side_by_side({scene.__name__: scene() for scene in scenes})


if __name__ == "__main__":
    main()
