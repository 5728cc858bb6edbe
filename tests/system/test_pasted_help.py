"""What the check of a real proxy's file predicts happens, and pasting its help mends it."""

import subprocess
import time
import typing

from support.apache import Apache
from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.haproxy import HAProxy, haproxy_text
from support.mending import check, paste_into_gateway, paste_into_proxy
from support.nginx import Nginx
from support.nginx_site import RELAYED, http_site, stream_site
from support.ports import free_port
from support.raw_client import RawClient, request
from support.varnish import Varnish
from support.waiting import side_by_side
from support.watched_client import WatchedClient

TOLERANCE = 0.5
NEVER = "{ interval: 1h, timeout: 2h }"
OFTEN = "{ interval: 1s, timeout: 10s }"
IN_PROXY, IN_GATEWAY, EITHER = "in the proxy", "in the gateway", "in either"  # where help applies


class Idle(typing.NamedTuple):
    """A quiet connection is cut after so many seconds."""

    seconds: int

    async def happens(self, proxy):
        client = await WatchedClient.open(proxy.port)
        code, when = await client.end(2 * self.seconds)
        assert code == 1006, code
        silence = when - max(client.heard, client.sent)
        assert abs(silence - self.seconds) < TOLERANCE, silence

    async def is_mended(self, proxy):
        client = await WatchedClient.open(proxy.port)
        await client.lives(2 * self.seconds)
        client.abort()


class Refused(typing.NamedTuple):
    """Who asks for a WebSocket is answered this."""

    status: int

    async def happens(self, proxy):
        client = await RawClient.connect(proxy.port)
        client.send(request())
        assert (await client.answer())[0] == self.status
        client.abort()

    async def is_mended(self, proxy):
        client = await WatchedClient.open(proxy.port)
        await client.echo("through")
        client.abort()


class Reload(typing.NamedTuple):
    """So many seconds after a reload every connection is cut."""

    seconds: int

    async def happens(self, proxy):
        client = await WatchedClient.open(proxy.port)
        await client.echo("before")
        since = time.monotonic()
        await proxy.reload()
        code, when = await client.end(2 * self.seconds)
        assert code == 1006, code
        assert abs(when - since - self.seconds) < TOLERANCE, when - since

    async def is_mended(self, proxy):
        client = await WatchedClient.open(proxy.port)
        await client.echo("before")
        await proxy.reload()
        await client.lives(2 * self.seconds)
        client.abort()


class Read:
    """A proxy whose configuration the gateway reads; written, not yet started."""

    def __init__(self, test, gateway_port, kind, make_text, texts):
        self._test = test
        self._kind = kind
        self._port = free_port()
        self._file = kind.write(test, self._port, make_text(self._port, gateway_port, **texts))
        self.entry = f"{kind.__name__.lower()}: {{ config: {self._file} }}"

    async def start(self, _):
        proxy = await self._kind.run(self._test, self._port, self._file)
        for word in ("[WARNING]", "[warn]"):
            assert word not in proxy.process.log(), proxy.process.log()
        return proxy


class Declared:
    """A proxy whose limit gateway.yaml declares."""

    def __init__(self, test, _, start, setting, entry):
        self._test = test
        self._start = start
        self._setting = setting
        self.entry = entry

    async def start(self, gateway):
        return await self._start(self._test, gateway, self._setting)


def nginx(make_text=http_site, **texts):
    return lambda test, gateway_port: Read(test, gateway_port, Nginx, make_text, texts)


def haproxy(**texts):
    return lambda test, gateway_port: Read(test, gateway_port, HAProxy, haproxy_text, texts)


def declared(start, setting, entry):
    return lambda test, gateway_port: Declared(test, gateway_port, start, setting, entry)


class Case(typing.NamedTuple):
    code: str
    effect: Idle | Refused | Reload
    proxy: typing.Callable  # (test, port of the gateway) → Read or Declared
    cures: str = IN_PROXY


HEADERS = RELAYED.replace("proxy_http_version 1.1;\n", "")
PATIENT = "timeout client 60s\n    timeout server 60s"
CASES = {
    "nginx": Case("PG301", Idle(8), nginx(location=RELAYED + "proxy_read_timeout 8s;"), EITHER),
    "nginx server": Case("PG301", Idle(8), nginx(server="proxy_read_timeout 8s;"), EITHER),
    "nginx stream": Case("PG301", Idle(8), nginx(stream_site, server="proxy_timeout 8s;"), EITHER),
    "haproxy tunnel": Case(
        "PG301", Idle(8), haproxy(defaults=PATIENT + "\n    timeout tunnel 8s"), EITHER
    ),
    "haproxy client": Case(
        "PG301",
        Idle(8),
        haproxy(defaults="timeout server 3h", frontend="timeout client 8s"),
        EITHER,
    ),
    "haproxy server": Case(
        "PG301",
        Idle(8),
        haproxy(defaults="timeout client 3h", backend="timeout server 8s"),
        EITHER,
    ),
    "apache": Case(
        "PG301",
        Idle(8),
        declared(Apache.start, "Timeout 8", "{ preset: apache, idle: 8s }"),
        IN_GATEWAY,
    ),
    "varnish": Case(
        "PG301", Idle(8), declared(Varnish.start, 8, "{ preset: varnish, idle: 8s }"), IN_GATEWAY
    ),
    "nginx HTTP/1.0 by default": Case("PG310", Refused(400), nginx(location=HEADERS)),
    "nginx HTTP/1.0": Case(
        "PG310", Refused(400), nginx(location="proxy_http_version 1.0;\n" + HEADERS)
    ),
    "nginx without headers": Case("PG311", Refused(426), nginx(location="proxy_http_version 1.1;")),
    "nginx with headers that are lost": Case(
        "PG312",
        Refused(426),
        nginx(server=RELAYED, location="proxy_set_header Host $http_host;"),
    ),
    "nginx reload": Case("PG313", Reload(3), nginx(main="worker_shutdown_timeout 3s;")),
    "haproxy reload": Case(
        "PG313", Reload(3), haproxy(defaults=PATIENT, main="hard-stop-after 3s")
    ),
}


class Installation:
    """A proxy and a gateway that are configured, and not started."""

    def __init__(self, test, case, alignment):
        self._test = test
        self._port, self._admin_port = free_port(), free_port()
        self._proxy = case.proxy(test, self._port)
        self.gateway_file = Gateway.write(
            test,
            self._port,
            self._admin_port,
            heartbeat=NEVER if isinstance(case.effect, Idle) else OFTEN,
            limits="{ connections: 100 }",
            drain="{ window: 8s }",
            more=f"proxies:\n  - {self._proxy.entry}\nalignment: {alignment}\n",
        )

    async def diagnostic(self, code):
        """The first one of that code; None if there is none."""
        found = await check(self.gateway_file)
        return next((each for each in found if each["code"] == code), None)

    async def start(self):
        """Starts both; the proxy."""
        self.gateway = await Gateway.run(
            self._test, self._port, self._admin_port, self.gateway_file
        )
        return await self._proxy.start(self.gateway)


class PastedHelp(SystemTest):
    async def bad(self, case):
        """A proxy whose trouble is predicted, before a gateway that was told to start anyway."""
        installed = Installation(self, case, "warn")
        assert await installed.diagnostic(case.code), await check(installed.gateway_file)
        proxy = await installed.start()
        assert case.code in installed.gateway.process.log(), installed.gateway.process.log()
        return proxy

    async def mended(self, case, place):
        """A proxy before a gateway that starts since the help was pasted at one of its places."""
        installed = Installation(self, case, "enforce")
        found = await installed.diagnostic(case.code)
        assert found, await check(installed.gateway_file)
        if place == IN_PROXY:
            paste_into_proxy(found)
        else:
            paste_into_gateway(found, installed.gateway_file)
        assert not await installed.diagnostic(case.code), await check(installed.gateway_file)
        return await installed.start()

    async def test_what_is_predicted_happens_unless_the_help_was_pasted(self):
        mendings = [
            (name, place)
            for name, case in CASES.items()
            for place in (IN_PROXY, IN_GATEWAY)
            if case.cures in (place, EITHER)
        ]
        bad = await side_by_side({name: self.bad(case) for name, case in CASES.items()})
        mended = await side_by_side(
            {(name, place): self.mended(CASES[name], place) for name, place in mendings}
        )
        await side_by_side(
            {name: CASES[name].effect.happens(proxy) for name, proxy in bad.items()}
            | {key: CASES[key[0]].effect.is_mended(proxy) for key, proxy in mended.items()}
        )

    async def test_a_gateway_that_a_proxy_would_cut_refuses_to_start(self):
        bad = Installation(self, CASES["nginx"], "enforce")
        result = subprocess.run(
            [BINARY, "run", "--config", bad.gateway_file],
            capture_output=True,
            text=True,
            timeout=30,
        )
        self.assertEqual(result.returncode, 78, result.stderr)
        self.assertIn("PG301", result.stderr)


if __name__ == "__main__":
    main()
