"""Proxies behind each other, each with a file of its own: what `check` says, and what they do."""

import json
import subprocess
import time

from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.haproxy import HAProxy, haproxy_text
from support.nginx import Nginx
from support.nginx_site import RELAYED, http_site
from support.ports import free_port
from support.waiting import side_by_side
from support.watched_client import WatchedClient

CUT = 2  # seconds, below the gateway's interval
FORWARDED = RELAYED + "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
CALM = "heartbeat: { interval: 20s, timeout: 40s }"


async def nginx(test, port, behind, limit):
    """The proxy, and its entry in gateway.yaml."""
    text = http_site(port, behind, FORWARDED + f"proxy_read_timeout {limit}s;")
    file = Nginx.write(test, port, text)
    return await Nginx.run(test, port, file), f"{{ nginx: {{ config: {file} }} }}"


async def haproxy(test, port, behind, limit):
    times = f"timeout client 60s\n timeout server 60s\n timeout client-fin 30s\n timeout tunnel {limit}s"
    file = HAProxy.write(test, port, haproxy_text(port, behind, times))
    return await HAProxy.run(test, port, file), f"{{ haproxy: {{ config: {file} }} }}"


ORDERS = {
    "Nginx, HAProxy": (nginx, haproxy),
    "HAProxy, Nginx": (haproxy, nginx),
    "Nginx, Nginx": (nginx, nginx),
}


class ProxyChains(SystemTest):
    def found(self, gateway_port, entries):
        """(code, file) of each error that `check` finds with these proxies in front."""
        names = [entry.replace("{ ", f"{{ name: proxy {i}, ", 1) for i, entry in enumerate(entries)]
        file = self.write(
            f"check-{free_port()}.yaml",
            f"listeners:\n  - address: 127.0.0.1:{gateway_port}\n{CALM}\n"
            "limits: { connections: 100 }\n"
            "proxies:\n" + "".join(f"  - {each}\n" for each in names),
        )
        done = subprocess.run(
            [BINARY, "check", "--config", file, "--format", "json"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.stderr, "")
        return [
            (each["code"], each["primary"]["file"])
            for each in json.loads(done.stdout)["diagnostics"]
            if each["severity"] == "error"
        ]

    async def check(self, gateway, outer, inner, limits):
        """Which of two proxies `check` says to cut; what a quiet connection through both says."""
        ports = free_port(), free_port()
        _, inner_entry = await inner(self, ports[1], gateway.port, limits[1])
        _, outer_entry = await outer(self, ports[0], ports[1], limits[0])
        client = await WatchedClient.open(ports[0])
        await client.echo("through both")
        began = time.monotonic()
        is_cut = await client.end_within(CUT + 3) is not None
        self.assertEqual(is_cut, CUT in limits)
        if is_cut:
            self.assertGreater(time.monotonic() - began, CUT - 0.5)
        else:
            client.abort()
        errors = self.found(gateway.port, [outer_entry, inner_entry])
        wanted = ["PG301"] if CUT in limits else []
        self.assertEqual([code for code, _ in errors], wanted, errors)
        for _, file in errors:
            self.assertIn(str(ports[limits.index(CUT)]), file)

    async def test_each_stage_is_judged_and_a_chain_that_fits_is_fine(self):
        gateway = await Gateway.start(self, heartbeat="{ interval: 20s, timeout: 40s }")
        await side_by_side(
            {
                f"{name}, {limits}": self.check(gateway, outer, inner, limits)
                for name, (outer, inner) in ORDERS.items()
                for limits in ((3600, 3600), (CUT, 3600), (3600, CUT))
            }
        )

    async def test_what_leads_past_the_inner_one_leads_nowhere(self):
        ports = free_port(), free_port(), free_port()
        outer = Nginx.write(self, ports[0], http_site(ports[0], free_port(), FORWARDED))
        inner = HAProxy.write(
            self, ports[1], haproxy_text(ports[1], ports[2], "timeout tunnel 1h")
        )
        entries = [f"{{ nginx: {{ config: {outer} }} }}", f"{{ haproxy: {{ config: {inner} }} }}"]
        self.assertEqual([code for code, _ in self.found(ports[2], entries)], ["PG317"])


if __name__ == "__main__":
    main()
