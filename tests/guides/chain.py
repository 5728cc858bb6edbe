"""The chain of a guide, with real programs: its proxy, the gateway, and an app behind it."""

import re
import signal

import scenario  # first: it makes the helpers of the system tests known
from guide import blocks_of
from support.fastapi_app import FastapiApp
from support.ports import free_port
from support.tcp_table import is_listening

OUTSIDE = "127.0.0.9"  # stands for Cloudflare, or a load balancer, where a guide trusts that
CONFIGURATION = "/etc/pulsegate/gateway.yaml"
_PROXIES = {
    "/etc/nginx/nginx.conf": "exec nginx -g 'daemon off;'",
    "/etc/haproxy/haproxy.cfg": "exec haproxy -db -f /etc/haproxy/haproxy.cfg",
}
_TRUSTED_OUTSIDE = r"^(trusted_proxies: .*)(?:\bcloudflare\b|10\.0\.1\.0/24, 10\.0\.2\.0/24)"


class Chain:
    """After start(): `port` is the one that clients connect to, or what stands before the proxy."""

    def __init__(self, test, text):
        self._test = test
        self.gateway_port, self.admin_port, self.port = free_port(), free_port(), free_port()
        self._files = {block.name: block.text for block in blocks_of(text) if block.is_file}
        if not self._proxies():
            self.port = self.gateway_port

    async def start(self):
        test = self._test
        self.app = await FastapiApp.start(test)
        root = test.directory / f"machine-{self.port}"
        self.scenario = scenario.Scenario(root, self._addresses())
        for name, text in self._files.items():
            if name == CONFIGURATION:
                text = text.replace("connections: 10000", "connections: 50")
                text += f"admin: {{ address: 127.0.0.1:{self.admin_port} }}\n"
                text = re.sub(_TRUSTED_OUTSIDE, rf"\g<1>{OUTSIDE}/32", text, flags=re.MULTILINE)
            self.scenario.write(name, text)
        command = ["sh", "-c", self.scenario.here(f"exec pulsegate run --config {CONFIGURATION}")]
        await self._spawn("gateway", command, self.gateway_port)
        for command in self._proxies():
            await self._spawn("proxy", ["sh", "-c", self.scenario.here(command)], self.port)

    def _proxies(self):
        """The commands that start the proxies for which there is a file."""
        return [command for name, command in _PROXIES.items() if name in self._files]

    def _addresses(self):
        return {
            "127.0.0.1:8000": f"127.0.0.1:{self.app.port}",
            "127.0.0.1:8081": f"127.0.0.1:{self.gateway_port}",
            "0.0.0.0:8081": f"127.0.0.1:{self.gateway_port}",
            "0.0.0.0:443": f"127.0.0.1:{self.gateway_port}",
            "127.0.0.1:9464": f"127.0.0.1:{self.admin_port}",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "bind :443": f"bind 127.0.0.1:{self.port}",
            "maxconn 10500": "maxconn 100",  # a test may not raise its limit of open files
            "worker_rlimit_nofile 45000;": "",
            "worker_connections 22000": "worker_connections 200",
        }

    async def _spawn(self, name, command, port):
        process = self._test.spawn(
            name,
            command,
            environment={"PATH": f"{self.scenario.root}/bin:/usr/bin:/bin"},
            death_signal=signal.SIGTERM,  # the master of Nginx must live to end the workers
        )
        await process.until(lambda: is_listening(port), f"the {name} listens", 30)
