"""When real proxies cut a quiet WebSocket, and what they take for a sign of life."""

import asyncio
import functools
import typing

from support.apache import Apache
from support.caddy import Caddy
from support.case import SystemTest, main
from support.gateway import Gateway
from support.haproxy import HAProxy
from support.nginx import Nginx
from support.nginx_site import RELAYED, http_site, stream_site
from support.varnish import Varnish
from support.waiting import side_by_side
from support.watched_client import WatchedClient

TOLERANCE = 0.5
RAISED = 60  # seconds; more than a run takes
PONGS = 0.5  # seconds between a client's own bytes
HEARTBEATS = {
    "/silent": "{ interval: 1h, timeout: 2h }",
    "/pinged": "{ interval: 500ms, timeout: 1h }",
    "/watched": "{ interval: 500ms, timeout: 2s }",
}
ANY, TO_CLIENT, TO_GATEWAY = "any", "to_client", "to_gateway"


async def nginx(test, gateway, setting):
    return await Nginx.start_site(test, gateway, http_site, location=RELAYED + setting)


async def nginx_stream(test, gateway, setting):
    return await Nginx.start_site(test, gateway, stream_site, server=setting)


async def apache_worker(test, gateway, setting):
    return await Apache.start(test, gateway, "Timeout 2", worker=f"upgrade=websocket {setting}")


async def caddy(test, gateway, _):
    return await Caddy.start(test, gateway)


class Limit(typing.NamedTuple):
    start: typing.Callable  # (test, gateway, setting) → the proxy
    setting: str  # with {} for the seconds
    seconds: int  # the prediction
    resets: str = ANY


PATIENT = "timeout client 60s\n    timeout server 60s\n    "
INDEPENDENT = "option independent-streams"
LIMITS = {
    "nginx": Limit(nginx, "proxy_read_timeout {}s;", 3),
    "nginx stream": Limit(nginx_stream, "proxy_timeout {}s;", 3),
    "haproxy tunnel": Limit(HAProxy.start, PATIENT + "timeout tunnel {}s", 3),
    "haproxy tunnel, in place of both others": Limit(
        HAProxy.start, "timeout client 2s\n    timeout server 2s\n    timeout tunnel {}s", 4
    ),
    "haproxy client": Limit(HAProxy.start, "timeout client {}s\n    timeout server 60s", 3),
    "haproxy server": Limit(HAProxy.start, "timeout client 60s\n    timeout server {}s", 3),
    "haproxy tunnel, independent frontend": Limit(
        functools.partial(HAProxy.start, frontend=INDEPENDENT),
        PATIENT + "timeout tunnel {}s",
        3,
        TO_GATEWAY,
    ),
    "haproxy tunnel, independent backend": Limit(
        functools.partial(HAProxy.start, backend=INDEPENDENT),
        PATIENT + "timeout tunnel {}s",
        3,
        TO_CLIENT,
    ),
    "apache": Limit(Apache.start, "Timeout {}", 3),
    # The longer one of what applies to the client's connection and what to the gateway's.
    "apache, longer towards the gateway": Limit(Apache.start, "Timeout 2\nProxyTimeout {}", 4),
    "apache, longer towards the client": Limit(Apache.start, "Timeout {}\nProxyTimeout 2", 4),
    "apache worker": Limit(apache_worker, "timeout={}", 4),
    "varnish": Limit(Varnish.start, "{}", 3),
}

# What looks like a limit of 2 s and is none, and proxies that have none.
HARMLESS = {
    # Only for a peer that takes no bytes.
    "nginx send": (nginx, "proxy_send_timeout 2s; send_timeout 2s;"),
    # A backend has a tunnel's limit, a frontend has not.
    "haproxy frontend": (functools.partial(HAProxy.start, frontend="timeout tunnel 2s"), PATIENT),
    "apache, shorter towards the gateway": (Apache.start, "ProxyTimeout 2"),
    "apache wstunnel of its own": (
        functools.partial(Apache.start, scheme="ws", worker=""),
        "Timeout 2\nProxyWebsocketFallbackToProxyHttp off",
    ),
    "caddy": (caddy, ""),
}


class ProxyLimits(SystemTest):
    async def asyncSetUp(self):
        self.gateway = await Gateway.start(
            self, routes=dict.fromkeys(HEARTBEATS, "echo"), route_heartbeats=HEARTBEATS
        )
        self.opening = asyncio.Lock()

    async def start(self, proxies):
        """Starts {name: (start, setting)}."""
        return await side_by_side(
            {name: start(self, self.gateway, setting) for name, (start, setting) in proxies.items()}
        )

    async def open(self, proxy, path, answers_pings=True):
        """Opens one client at a time: in a crowd it would note late when its limit began."""
        async with self.opening:
            return await WatchedClient.open(proxy.port, path, answers_pings)

    async def cut(self, client, limit):
        """The proxy must end it, without a word, that long after the last byte that counts."""
        code, when = await client.end(4 * limit.seconds)
        counts = {
            ANY: max(client.heard, client.sent),
            TO_CLIENT: client.heard,
            TO_GATEWAY: client.sent,
        }
        self.assertEqual(code, 1006)
        self.assertAlmostEqual(when - counts[limit.resets], limit.seconds, delta=TOLERANCE)

    async def test_a_quiet_connection_is_cut_at_the_limit_and_what_resets_it_keeps_it(self):
        limited = await self.start(
            {
                name: (limit.start, limit.setting.format(limit.seconds))
                for name, limit in LIMITS.items()
            }
        )
        raised = await self.start(
            {name: (limit.start, limit.setting.format(RAISED)) for name, limit in LIMITS.items()}
        )

        async def quiet(name, limit):
            await self.cut(await self.open(limited[name], "/silent"), limit)

        async def quiet_below_a_higher_limit(name, limit):
            client = await self.open(raised[name], "/silent")
            await client.lives(2 * limit.seconds + 1)

        async def pinged(name, limit):
            client = await self.open(limited[name], "/pinged")
            await client.lives(2 * limit.seconds + 1)

        async def only_towards_the_client(name, limit):
            client = await self.open(limited[name], "/pinged", answers_pings=False)
            if limit.resets == TO_GATEWAY:
                await self.cut(client, limit)
            else:
                await client.lives(2 * limit.seconds + 1)

        async def only_towards_the_gateway(name, limit):
            client = await self.open(limited[name], "/silent")

            async def send():
                while True:
                    client.send_pong()
                    await asyncio.sleep(PONGS)

            sending = asyncio.create_task(send())
            if limit.resets == TO_CLIENT:
                await self.cut(client, limit)
            else:
                await client.lives(2 * limit.seconds + 1)
            sending.cancel()

        await side_by_side(
            {
                f"{name}: {kind.__name__}": kind(name, limit)
                for name, limit in LIMITS.items()
                for kind in (
                    quiet,
                    quiet_below_a_higher_limit,
                    pinged,
                    only_towards_the_client,
                    only_towards_the_gateway,
                )
            }
        )

    async def test_what_is_no_limit_cuts_no_quiet_connection(self):
        proxies = await self.start(HARMLESS)

        async def quiet(proxy):
            await (await self.open(proxy, "/silent")).lives(6)

        await side_by_side({name: quiet(proxy) for name, proxy in proxies.items()})

    async def test_caddy_knows_no_limits_for_streams(self):
        async def is_refused(option):
            file = self.write(
                f"Caddyfile-{option}", f":80 {{\n reverse_proxy :81 {{\n {option} 3s\n }}\n}}\n"
            )
            process = Caddy.command(self, "validate", file)
            self.assertEqual(await process.ended(), 1)
            self.assertIn(f"unrecognized subdirective {option}", process.log())

        await asyncio.gather(is_refused("stream_timeout"), is_refused("stream_close_delay"))

    async def test_the_gateway_evicts_a_dead_client_that_nginx_would_keep(self):
        proxy = await nginx(self, self.gateway, "proxy_read_timeout 3s;")
        kept, evicted = await asyncio.gather(
            self.open(proxy, "/pinged", answers_pings=False),
            self.open(proxy, "/watched", answers_pings=False),
        )
        code, when = await evicted.end(10)
        self.assertEqual(code, 4001)
        self.assertLess(when - evicted.sent, 3)
        await kept.lives(7)


if __name__ == "__main__":
    main()
