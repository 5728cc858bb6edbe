"""A real Varnish that pipes upgrades, as its documentation has it."""

import shutil
import signal

from support.ports import free_port
from support.tcp_table import is_listening

CONFIGURATION = """\
vcl 4.1;

backend gateway {{
    .host = "127.0.0.1";
    .port = "{gateway_port}";
}}

sub vcl_recv {{
    if (req.http.Upgrade ~ "(?i)websocket") {{
        return (pipe);
    }}
}}

sub vcl_pipe {{
    set bereq.http.Upgrade = req.http.Upgrade;
    set bereq.http.Connection = req.http.Connection;
}}
"""
PROGRAM = shutil.which("varnishd", path="/usr/sbin:/usr/bin:/sbin")


class Varnish:
    def __init__(self, port, process):
        self.port = port
        self.process = process

    @classmethod
    async def start(cls, test, gateway, pipe_timeout):
        """Starts one in front of `gateway`. `pipe_timeout`: in seconds, as its parameter is."""
        port = free_port()
        file = test.write(f"varnish-{port}.vcl", CONFIGURATION.format(gateway_port=gateway.port))
        parameters = {"pipe_timeout": pipe_timeout, "vsl_space": "1M", "thread_pools": 1}
        process = test.spawn(
            "varnish",
            [
                PROGRAM,
                "-F",
                "-j",
                "none",
                "-n",
                test.directory / f"varnish-{port}",
                "-a",
                f"127.0.0.1:{port}",
                "-f",
                file,
                "-s",
                "malloc,16M",
                *(f"-p{name}={value}" for name, value in parameters.items()),
            ],
            death_signal=signal.SIGTERM,
        )  # its master must live to end the worker
        await process.until(
            lambda: is_listening(port), "Varnish listens", 60
        )  # it compiles its VCL
        return cls(port, process)
