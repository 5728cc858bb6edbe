"""What `check` says of a haproxy.cfg, compared with what becomes of a WebSocket on its way through
that HAProxy to the gateway."""

import asyncio
import json
import shutil
import subprocess
import typing

from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.ports import free_port
from support.raw_client import request
from support.tcp_table import is_listening
from support.waiting import eventually, within

PROGRAM = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/sbin")
LIMIT = 2  # seconds; all others are a minute
HEAD = """\
global
    maxconn 200
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout client-fin 30s
    option forwardfor
"""
YAML = """\
listeners:
  - address: 127.0.0.1:{port}
heartbeat: {{ interval: 25s, timeout: 45s }}
proxies:
  - haproxy: {{ config: {file} }}
"""


class Trial(typing.NamedTuple):
    """PORT is where clients connect, INNER another free port, GATEWAY the gateway's."""

    sections: str
    passes: bool  # whether a WebSocket is opened
    codes: tuple = ()  # of errors and warnings


def in_listen(lines="", server=""):
    added = "".join(f"    {line}\n" for line in lines.split("; ") if line)
    return f"listen app\n    bind 127.0.0.1:PORT\n{added}    server g 127.0.0.1:GATEWAY {server}\n"


def chain(outer="", inner="", options="", bind=""):
    return (
        f"listen outer\n    bind 127.0.0.1:PORT\n    {outer}\n    server in 127.0.0.1:INNER {options}\n"
        f"listen app\n    bind 127.0.0.1:INNER {bind}\n    {inner}\n    server g 127.0.0.1:GATEWAY\n"
    )


NO = ("PG334",)
HANDSHAKES = {
    "nothing special": Trial(in_listen(), True),
    "Upgrade deleted": Trial(in_listen("http-request del-header Upgrade"), False, NO),
    "Connection deleted": Trial(in_listen("http-request del-header connection"), False, NO),
    "the key deleted": Trial(in_listen("http-request del-header Sec-WebSocket-Key"), True),
    "deleted by their beginning": Trial(in_listen("http-request del-header upg -m beg"), False, NO),
    "Connection: close": Trial(in_listen("http-request set-header Connection close"), False, NO),
    "Connection: upgrade": Trial(in_listen("http-request set-header Connection Upgrade"), True),
    "Upgrade: h2c": Trial(in_listen("http-request set-header Upgrade h2c"), False, NO),
    "the client's own Upgrade": Trial(
        in_listen("http-request set-header Upgrade %[req.hdr(upgrade)]"), True
    ),
    "Upgrade replaced": Trial(in_listen("http-request replace-header Upgrade .* x"), False, NO),
    "deleted for plain requests": Trial(
        in_listen("http-request del-header Upgrade if !{ hdr(Upgrade) -i WebSocket }"), True
    ),
    "deleted for another spelling": Trial(
        in_listen("http-request del-header Upgrade if { hdr(Upgrade) WebSocket }"), True
    ),
    "deleted for some": Trial(
        in_listen("http-request del-header Upgrade if { src 10.0.0.0/8 }"), True, ("PG335",)
    ),
    "HTTP/2 to the gateway": Trial(in_listen(server="proto h2"), False, NO),
    "HTTP/2, but not for WebSockets": Trial(in_listen(server="proto h2 ws h1"), True),
    "out of service": Trial(in_listen(server="disabled"), False, NO),
    "without weight": Trial(in_listen(server="weight 0"), False, NO),
    "redirected": Trial(in_listen("redirect scheme https if !{ ssl_fc }"), False, NO),
    "denied": Trial(in_listen("http-request deny if METH_GET"), False, NO),
    "allowed before": Trial(
        in_listen("http-request allow if { req.hdr(Upgrade) -m found }; http-request deny"), True
    ),
    "denied elsewhere": Trial(in_listen("http-request deny if { path_beg /admin }"), True),
    "rejected": Trial(in_listen("tcp-request content reject if WAIT_END"), False, NO),
    "closing": Trial(in_listen("option httpclose"), True),
    "any address": Trial(in_listen().replace("g 127.0.0.1", "g 0.0.0.0"), True),
    "another case of a name": Trial(in_listen().replace("g 127.0.0.1", "g LocalHost"), True),
    "a chain": Trial(chain(), True),
    "a chain without Upgrade": Trial(chain("http-request del-header Upgrade"), False, NO),
    "a chain by PROXY": Trial(chain("mode tcp", options="send-proxy", bind="accept-proxy"), True),
    "no address of clients": Trial(
        in_listen("mode tcp"),
        True,
        ("PG337",),
    ),
}

CUTS = {
    "by a rule": ("listen", "http-request set-timeout tunnel 2s if { path_beg / }", True),
    "by a rule of WebSockets": ("listen", "http-request set-timeout tunnel 2s if { hdr(Upgrade) "
                                "websocket }", True),
    "by a rule for others": ("listen", "http-request set-timeout tunnel 2s unless { "
                             "hdr(Upgrade) -i WebSocket }", False),
    "by no rule behind allow": ("listen", "http-request allow; http-request set-timeout tunnel 2s",
                                False),
    "in mode tcp": ("listen", "mode tcp; timeout tunnel 2s", True),
    "by the outer one": ("chain", "timeout tunnel 2s", True),
}


class HaproxyWays(SystemTest):
    async def asyncSetUp(self):
        self.gateway = await Gateway.start(
            self, heartbeat="{ interval: 10m, timeout: 20m }"
        )

    async def start(self, name, sections):
        """HAProxy with these sections; its port and its file."""
        port, inner = free_port(), free_port()
        text = HEAD + sections.replace("PORT", str(port)).replace("INNER", str(inner)).replace(
            "GATEWAY", str(self.gateway.port)
        )
        file = self.write(f"haproxy-{port}.cfg", text)
        process = self.spawn(f"haproxy {name}".replace("/", ""), [PROGRAM, "-db", "-f", file])
        await process.until(lambda: is_listening(port), "HAProxy listens")
        return port, file

    def codes(self, file):
        """The codes of errors and warnings."""
        yaml = self.write(f"{file.name}.yaml", YAML.format(port=self.gateway.port, file=file))
        result = subprocess.run(
            [BINARY, "check", "--format", "json", "--config", yaml],
            capture_output=True,
            text=True,
            timeout=60,
        )
        found = json.loads(result.stdout)["diagnostics"]
        return {each["code"] for each in found if each["severity"] != "note"}

    async def handshake(self, port):
        """The reader, the writer and the first line of the answer; empty for an end without one."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("/"))
        try:
            return reader, writer, await within(reader.readline(), "an answer")
        except ConnectionError:
            return reader, writer, b""

    async def test_a_websocket_is_opened_where_check_finds_nothing_that_keeps_it_out(self):
        for name, trial in HANDSHAKES.items():
            with self.subTest(trial=name):
                port, file = await self.start(name, trial.sections)
                _, writer, answer = await self.handshake(port)
                writer.close()
                self.assertEqual(answer.startswith(b"HTTP/1.1 101 "), trial.passes, answer)
                codes = self.codes(file) - {"PG302", "PG303"}
                self.assertEqual(codes, set(trial.codes))

    async def test_a_quiet_one_is_cut_where_check_says_so(self):
        async def run(name, kind, lines, is_cut):
            sections = in_listen(lines) if kind == "listen" else chain(lines)
            port, file = await self.start(name, sections)
            self.assertEqual("PG301" in self.codes(file), is_cut, name)
            reader, writer, answer = await self.handshake(port)
            self.assertTrue(answer.startswith(b"HTTP/1.1 101 "), (name, answer))
            try:
                await asyncio.wait_for(reader.read(), 2 * LIMIT)
                self.assertTrue(is_cut, name)
            except asyncio.TimeoutError:
                self.assertFalse(is_cut, name)
            writer.close()

        await asyncio.gather(*(run(name, *each) for name, each in CUTS.items()))

    async def test_a_health_check_by_http_takes_the_gateway_out_of_service(self):
        port, file = await self.start(
            "check",
            in_listen("option httpchk GET /health", "check inter 200ms fall 2 rise 2"),
        )
        self.assertIn("PG336", self.codes(file))

        async def is_down():
            _, writer, answer = await self.handshake(port)
            writer.close()
            return answer.startswith(b"HTTP/1.1 503 ")

        await eventually(is_down, "HAProxy gives the gateway up")


if __name__ == "__main__":
    main()
