"""What `pulsegate nginx` prints: Nginx takes it, the check finds it aligned, and it works."""

import json
import os
import random
import re
import subprocess

from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.nginx import PROGRAM, Nginx
from support.ports import free_port
from support.watched_client import WatchedClient

CONFIGURATIONS = 50
# On the line of `http {`: places that any user may write to, so that nothing else is written.
WRITABLE = "http { access_log off; " + " ".join(
    f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
AROUND_FRAGMENT = "events {}\nhttp {\n    include fragment.conf;\n}\n"


def run(*command, input=None):
    return subprocess.run(
        [*map(str, command)], input=input, capture_output=True, text=True, timeout=30
    )


def replaced_once(pattern, replacement, text):
    text, count = re.subn(pattern, replacement, text)
    assert count == 1, f"`{pattern}` occurs {count} times in\n{text}"
    return text


def heartbeat(random_source):
    """A heartbeat that no rule objects to, whatever the proxies are."""
    interval = random_source.choice((random_source.randint(500, 9_999), 25_000, 60_000))
    interval = random_source.choice((interval, random_source.randint(10_000, 75_000)))
    shortest = max(interval * 3 // 2 + 1, interval + 8_000)
    timeout = random_source.randint(shortest, max(shortest, min(4 * interval, 120_000)))
    method = random_source.choice(("ping", "text", "ping_then_text"))
    answer = "{ hello: there }" if method == "ping" or timeout >= 70_000 else "{}"
    return f"{{ interval: {interval}ms, timeout: {timeout}ms, method: {method}, answer: {answer} }}"


def configuration(random_source, directory):
    """A gateway.yaml without a fault of its own."""
    port = random_source.randint(1, 65535)
    local = (f"127.0.0.1:{port}", f'"[::1]:{port}"', f"0.0.0.0:{port}", f'"[::]:{port}"')
    listener, trusted = random_source.choice(
        (
            *((address, '[127.0.0.0/8, "::1/128"]') for address in local),
            (f"unix:{directory}/gateway.sock", "[127.0.0.0/8]"),
            (f"'unix:{directory}/an \"odd\" {{back\\slash}}; #1:2'", "[127.0.0.0/8]"),
            (f"192.0.2.7:{port}", "[192.0.2.0/24]"),
            (f'"[2001:db8::7]:{port}"', '["2001:db8::/32"]'),
        )
    )
    header = random_source.choice(("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "client"))
    proxies = random_source.choice(("[]", "[]", "[{ name: office proxy, idle: none }]"))
    stall = random_source.choice((100, 30_000, 60_000, random_source.randint(100, 3_600_000)))
    connections = random_source.choice((1, 100_000, 10_000_000, random_source.randint(1, 100_000)))
    lines = [
        f"listeners: [{{ address: {listener} }}]",
        f"trusted_proxies: {trusted}",
        f"client_ip_header: {header}",
        f"heartbeat: {heartbeat(random_source)}",
        f"limits: {{ write_stall: {stall}ms, connections: {connections} }}",
        f"proxies: {proxies}",
        "routes:",
    ]
    paths = ("/", "/chat", "/chat/rooms", "/live")
    for path in paths[: random_source.randint(1, len(paths))]:
        own = random_source.choice(("", f", heartbeat: {heartbeat(random_source)}"))
        lines.append(f"  - {{ path: {path}, upstream: echo{own} }}")
    return "\n".join(lines) + "\n"


class AlignedNginx(SystemTest):
    def printed(self, file, *options):
        """What the program prints for a gateway.yaml, with a port that any user may open."""
        result = run(BINARY, "nginx", "--config", file, *options)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return replaced_once("listen 80;", f"listen 127.0.0.1:{self.port};", result.stdout)

    def nginx(self, option, file):
        """Nginx's own opinion of a file: -t, or its dump with -T."""
        pid = f"pid {self.directory}/nginx.pid;"
        result = run(PROGRAM, "-e", "stderr", option, "-p", self.directory, "-c", file, "-g", pid)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("[warn]", result.stderr)
        return result.stdout

    def found(self, gateway, nginx, input=None):
        result = run(
            *(BINARY, "check", "--config", gateway, "--nginx", nginx, "--format", "json"),
            input=input,
        )
        self.assertEqual(result.stderr, "")
        return json.loads(result.stdout)

    def setUp(self):
        self.port = free_port()

    def configured(self, text):
        """(gateway.yaml, the whole nginx.conf that is printed for it, on writable paths)"""
        gateway = self.write("gateway.yaml", text)
        nginx = replaced_once("http {", WRITABLE, self.printed(gateway, "--complete"))
        return gateway, self.write("nginx.conf", nginx)

    def is_accepted(self, gateway, nginx):
        self.nginx("-t", nginx)
        checked = run(BINARY, "check", "--config", gateway, "--nginx", nginx, "--strict")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

        self.write("fragment.conf", self.printed(gateway))
        self.nginx("-t", self.write("main.conf", AROUND_FRAGMENT.replace("http {", WRITABLE)))

    def is_read_alike_in_a_dump(self, gateway, nginx):
        """Also when it is not aligned, so that there is something to find."""
        for limit in (None, "1s"):
            if limit:
                text = replaced_once(
                    r"proxy_read_timeout \w+;", f"proxy_read_timeout {limit};", nginx.read_text()
                )
                text = replaced_once("proxy_set_header Upgrade .*;", "", text)
                nginx.write_text(text)
            from_files = self.found(gateway, nginx)
            codes = [each["code"] for each in from_files["diagnostics"]]
            self.assertEqual("PG311" in codes, limit is not None, codes)
            dump = self.nginx("-T", nginx)
            self.assertEqual(
                self.found(gateway, "-", dump)["diagnostics"], from_files["diagnostics"]
            )

    async def test_what_is_printed_for_random_configurations_is_valid_and_aligned(self):
        seed = int(os.environ.get("PULSEGATE_SEED", random.randrange(2**32)))
        print(f"PULSEGATE_SEED={seed} ", end="", flush=True)
        random_source = random.Random(seed)
        for number in range(CONFIGURATIONS):
            text = configuration(random_source, self.directory)
            with self.subTest(seed=seed, number=number, configuration=text):
                files = self.configured(text)
                self.is_accepted(*files)
                self.is_read_alike_in_a_dump(*files)

    async def test_what_is_printed_leads_to_the_gateway(self):
        user = "user root;\n" if os.geteuid() == 0 else ""  # who may use the gateway's socket
        for socket in (None, f"unix:{self.directory}/an odd:socket"):
            with self.subTest(socket=socket):
                self.port, port, admin_port = free_port(), free_port(), free_port()
                file = Gateway.write(self, port, admin_port, limits="{ connections: 100 }")
                if socket:
                    file.write_text(
                        replaced_once(
                            f"address: 127.0.0.1:{port} ", f"address: {socket!r} ", file.read_text()
                        )
                    )
                await Gateway.run(self, port, admin_port, file)
                text = self.printed(file, "--complete").replace("http {", WRITABLE)
                text = f"daemon off;\npid nginx.pid;\n{user}{text}"
                await Nginx.run(self, self.port, Nginx.write(self, self.port, text))
                client = await WatchedClient.open(self.port)
                await client.echo("through what was printed")
                client.abort()


if __name__ == "__main__":
    main()
