"""The directory in which one entry runs: its files with the ports filled in, and its processes."""

import re
import shutil
import subprocess
from urllib.parse import urlsplit

from support.ports import free_port
from support.process import Process

GATEWAY, ADMIN = "8081", "9464"
TEMPORARY_FILES = "".join(
    f"{module}_temp_path {module};\n"
    for module in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
_MARK = re.compile(r"@(\w+)@")


def make_certificate(directory):
    """A certificate that no client here verifies: cert.pem and key.pem."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=example.net", "-days", "30"),
            *("-addext", "subjectAltName=DNS:example.net,DNS:*.example.net,IP:127.0.0.1"),
            *("-keyout", directory / "key.pem", "-out", directory / "cert.pem"),
        ],
        check=True,
        capture_output=True,
        timeout=20,
    )


class Place:
    """Has what the helpers of the system tests want of a test: directory, spawn(), gateways."""

    def __init__(self, directory, certificate, words):
        """words: {name: text} for @name@ in files; a number stands for a free port of its own."""
        self.directory = directory
        self.processes = []
        self.gateways = []
        self._words = dict(words)
        for name in ("cert.pem", "key.pem"):
            shutil.copy(certificate / name, directory / name)
        (directory / "bundle.pem").write_text(
            (certificate / "cert.pem").read_text() + (certificate / "key.pem").read_text()
        )

    def port(self, number):
        """The port that stands in for this one."""
        return int(self._word(str(number)))

    def listening_port(self, url):
        """The port of this URL."""
        parts = urlsplit(url)
        return self.port(parts.port or (443 if parts.scheme == "wss" else 80))

    def _word(self, name):
        if name not in self._words:
            if not name.isdigit():
                raise ValueError(f"nothing is known of @{name}@")
            self._words[name] = str(free_port())
        return self._words[name]

    def fill(self, source, name):
        """Copies a file to `name`, relative to the directory, with its marks filled in."""
        target = self.directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_bytes().decode()
        target.write_bytes(_MARK.sub(lambda mark: self._word(mark[1]), text).encode())
        return target

    def spawn(self, name, command, **options):
        process = Process(name, command, self.directory, **options)
        self.processes.append(process)
        return process

    def log(self):
        return "\n".join(
            f"    --- {process.name} (exit {process.exit_code})\n"
            + "\n".join(f"    {line[:300]}" for line in process.log().splitlines()[-6:])
            for process in self.processes
        )

    def kill(self):
        for process in reversed(self.processes):
            process.kill()
