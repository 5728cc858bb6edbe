"""The chains of the guides about proxies, each with its own files: who gets in, and as whom."""

import json
import ssl

import websockets

from chain import OUTSIDE, Chain
from guide import GUIDES
from support.case import SystemTest, main

HOST = "chat.example.com"
ORIGIN = f"https://{HOST}"
CLIENT = "127.0.0.5"
BROWSER = "203.0.113.7"  # what a trusted proxy says
FORGED = "198.51.100.1"  # what the client said before that


class Chains(SystemTest):
    async def start(self, name, replaced=()):
        """replaced: [(text, other text)], where a guide tells of another way."""
        text = (GUIDES / name).read_text()
        for old, new in replaced:
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.chain = Chain(self, text)
        await self.chain.start()

    def tls(self, with_certificate=False):
        """What trusts the certificates of the guides, and shows Cloudflare's if it is to."""
        made = self.chain.scenario.root / "made"
        context = ssl.create_default_context(cafile=made / "fullchain.pem")
        if with_certificate:
            context.load_cert_chain(made / "fullchain.pem", made / "fullchain.key")
        return context

    def connect(self, path, tls=None, local=CLIENT, headers=None, origin=ORIGIN):
        options = {"ssl": tls, "server_hostname": HOST} if tls else {}
        return websockets.connect(
            f"{'wss' if tls else 'ws'}://127.0.0.1:{self.chain.port}{path}",
            **options,
            local_addr=(local, 0),
            origin=origin,
            extra_headers=headers or {},
            subprotocols=["chat.v2"],
            ping_interval=None,
        )

    async def assert_it_relays_and_tells(self, client, **how):
        """Messages pass, and the app hears that the client is at this address."""
        async with self.connect("/echo", **how) as session:
            await session.send("Grüße")
            self.assertEqual(await session.recv(), "Grüße")
        async with self.connect("/facts/x", **how) as session:
            headers = json.loads(await session.recv())["headers"]
        self.assertEqual(headers["x-real-ip"], [client])

    async def assert_status(self, status, **how):
        with self.assertRaises(websockets.InvalidStatusCode) as refusal:
            await self.connect("/echo", **how)
        self.assertEqual(refusal.exception.status_code, status)

    async def test_nginx_passes_the_client_s_address_whatever_the_client_says(self):
        await self.start("nginx.md")
        forged = {"X-Forwarded-For": FORGED, "X-Real-IP": FORGED}
        await self.assert_it_relays_and_tells(CLIENT, tls=self.tls(), headers=forged)
        await self.assert_status(403, tls=self.tls(), origin="https://evil.example")

    async def test_haproxy_passes_the_client_s_address_whatever_the_client_says(self):
        await self.start("haproxy.md")
        forged = {"X-Forwarded-For": FORGED, "X-Real-IP": FORGED}
        await self.assert_it_relays_and_tells(CLIENT, tls=self.tls(), headers=forged)
        await self.assert_status(403, tls=self.tls(), origin="https://evil.example")

    async def test_haproxy_may_tell_it_by_x_forwarded_for_as_well(self):
        other_way = [
            ("127.0.0.1:8081 send-proxy-v2", "127.0.0.1:8081"),
            ("mode http\n", "mode http\n    option forwardfor\n"),
            ("    proxy_protocol: require\n", ""),
        ]
        await self.start("haproxy.md", other_way)
        forged = {"X-Forwarded-For": FORGED, "X-Real-IP": FORGED}
        await self.assert_it_relays_and_tells(CLIENT, tls=self.tls(), headers=forged)

    async def test_nginx_behind_cloudflare_lets_in_only_cloudflare(self):
        await self.start("cloudflare_nginx.md")
        told = {"X-Forwarded-For": f"{FORGED}, {BROWSER}"}
        await self.assert_it_relays_and_tells(
            BROWSER, tls=self.tls(True), local=OUTSIDE, headers=told
        )
        await self.assert_status(400, tls=self.tls(), local=OUTSIDE, headers=told)
        # Somebody with a certificate who is not Cloudflare appears as himself.
        await self.assert_it_relays_and_tells(CLIENT, tls=self.tls(True), headers=told)

    async def test_the_gateway_behind_cloudflare_lets_in_only_cloudflare(self):
        await self.start("cloudflare.md")
        told = {"CF-Connecting-IP": BROWSER, "X-Forwarded-For": FORGED}
        await self.assert_it_relays_and_tells(
            BROWSER, tls=self.tls(True), local=OUTSIDE, headers=told
        )
        with self.assertRaises((ssl.SSLError, ConnectionError, websockets.InvalidMessage)):
            await self.connect("/echo", tls=self.tls(), local=OUTSIDE, headers=told)
        await self.assert_it_relays_and_tells(CLIENT, tls=self.tls(True), headers=told)

    async def test_a_load_balancer_of_aws_is_believed_as_far_as_it_appended(self):
        await self.start("aws_load_balancers.md")
        told = {"X-Forwarded-For": f"{FORGED}, {BROWSER}"}
        await self.assert_it_relays_and_tells(BROWSER, local=OUTSIDE, headers=told)
        await self.assert_it_relays_and_tells(CLIENT, headers=told)


if __name__ == "__main__":
    main()
