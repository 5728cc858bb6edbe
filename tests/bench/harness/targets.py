"""What is compared: each stands between the load generator and the application, with one worker."""

import dataclasses
import pathlib
import shutil
import socket

from harness.processes import READY_SECONDS, BenchError, free_port

PULSEGATE_YAML = """\
listeners:
  - address: 127.0.0.1:{port}
admin:
  address: 127.0.0.1:{admin_port}
workers: 1
heartbeat:
  interval: {interval}s
  timeout: {timeout}s
routes:
  - path: /
    upstream: ws://127.0.0.1:{app_port}
drain:
  window: 1s
log:
  level: warning
"""

NGINX_CONF = """\
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 19000; }}
http {{
    access_log off;
    client_body_temp_path client_body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{app_port};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_read_timeout 1h;
        }}
    }}
}}
"""


@dataclasses.dataclass
class Running:
    child: object
    port: int


@dataclasses.dataclass
class Binaries:
    tools: pathlib.Path
    pulsegate: pathlib.Path
    nginx: pathlib.Path

    def tool(self, name):
        return self.tools / f"bench_{name}"

    def of(self, target):
        return {"tunnel": self.tool("tunnel"), "pulsegate": self.pulsegate,
                "nginx": self.nginx}[target]

    def missing(self, targets):
        """(name, path) of every binary that a run with these targets needs and does not find."""
        needed = {"load generator": self.tool("load"), "application": self.tool("echo_app")}
        needed.update((target, self.of(target)) for target in targets)
        return [(name, path) for name, path in needed.items() if shutil.which(path) is None]


def start_app(children, binaries):
    """Returns the port of a new echo application."""
    port = free_port()
    children.start("the application", [binaries.tool("echo_app"), "--listen", port], port)
    return port


def start_target(name, children, binaries, app_port, interval=25):
    """Starts a target. The interval is that of pulsegate's heartbeats, in seconds."""
    port = free_port()
    binary = binaries.of(name)
    directory = pathlib.Path(children.directory)
    if name == "tunnel":
        command = [binary, "--listen", port, "--app", app_port]
    elif name == "pulsegate":
        config = directory / "gateway.yaml"
        config.write_text(PULSEGATE_YAML.format(
            port=port, admin_port=free_port(), app_port=app_port, interval=interval,
            timeout=2 * interval + 10))
        command = [binary, "run", "--config", config]
    elif name == "nginx":
        config = directory / "nginx.conf"
        config.write_text(NGINX_CONF.format(port=port, app_port=app_port))
        command = [binary, "-p", directory, "-c", config, "-e", "stderr"]
    else:
        raise BenchError(f"unknown target `{name}`")
    running = Running(children.start(name, command, port), port)
    expect_upgrade(running)
    return running


def expect_upgrade(running):
    """Returns once the whole chain has answered a handshake. Listening is not enough: Nginx listens
    before it has a worker, whose processor time would then be missed."""
    request = ("GET / HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    try:
        with socket.create_connection(("127.0.0.1", running.port), READY_SECONDS) as probe:
            probe.sendall(request.encode())
            answer = probe.recv(4096)
    except OSError as error:
        raise running.child.failure(f"did not answer a handshake: {error}") from error
    if not answer.startswith(b"HTTP/1.1 101 "):
        first_line = answer.split(b"\r\n")[0].decode(errors="replace")
        raise running.child.failure(f"answered a handshake with `{first_line}`")


def has_heartbeats(name):
    return name == "pulsegate"
