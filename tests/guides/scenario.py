"""Does what a reader of a guide does, in a directory that stands for the root of a machine.

Paths below /etc, /run and /var in files and commands lead into that directory; in what programs
print they are written as before.
"""

import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))

from support.case import BINARY
from support.haproxy import PROGRAM as HAPROXY
from support.nginx import PROGRAM as NGINX
from support.ports import free_port

_ABSOLUTE = re.compile(r"(?<![\w./:])/(?=(?:etc|run|var)/)")
_TEMPORARY = " ".join(
    f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
# Nginx would need root for these, and no test needs them.
_NGINX = [
    (r"^user .*;$", ""),
    (r"^http \{$", f"http {{ access_log off; {_TEMPORARY}"),
]
_COMMANDS = {
    "pulsegate": f'exec {BINARY} "$@"',
    "nginx": f'exec {NGINX} -e stderr -p {{root}} -c {{root}}/etc/nginx/nginx.conf "$@"',
    "haproxy": f'exec {HAPROXY} "$@"',
}


def make_certificate(directory, name, days="30"):
    """name.pem and name.key: of chat.example.com, signed by itself; only we can read the key."""
    directory.mkdir(parents=True, exist_ok=True)
    key = directory / f"{name}.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-noenc", "-days", days, "-subj", f"/CN={name}"),
            *("-addext", "subjectAltName=DNS:chat.example.com"),
            *("-keyout", key, "-out", directory / f"{name}.pem"),
        ],
        check=True,
        capture_output=True,
    )
    key.chmod(0o600)
    return directory / f"{name}.pem", key


class Scenario:
    def __init__(self, root, replaced=None):
        """replaced: {text: other text} of all files, such as addresses."""
        self.root = pathlib.Path(root)
        # `nginx -t` opens what it would listen on.
        self._replaced = replaced or {"listen 443": f"listen 127.0.0.1:{free_port()}"}
        self._make_commands()
        self._make_certificates()

    def here(self, text):
        """With the paths of this directory."""
        return _ABSOLUTE.sub(f"{self.root}/", text)

    def path(self, name):
        return pathlib.Path(self.here(name)) if name.startswith("/") else self.root / name

    def replaced(self, text):
        for old, new in self._replaced.items():
            text = text.replace(old, new)
        return text

    def write(self, name, text):
        text = self.replaced(text)
        if name.endswith("nginx.conf"):
            for pattern, new in _NGINX:
                text = re.sub(pattern, new, text, flags=re.MULTILINE)
        file = self.path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.here(text))

    def run(self, command):
        """What it prints, with paths as in the guide."""
        result = subprocess.run(
            ["sh", "-c", self.here(self.replaced(command))],
            cwd=self.root,
            env={
                **os.environ,
                "PATH": f"{self.root}/bin:{os.environ['PATH']}",
                "LC_ALL": "C.UTF-8",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        return result.stdout.replace(f"{self.root}/", "/").replace(str(self.root), "")

    def console(self, block):
        """The text that a console block has to have."""
        return "".join(f"$ {command}\n{self.run(command)}" for command, _ in block.commands())

    def _make_commands(self):
        directory = self.root / "bin"
        directory.mkdir(parents=True)
        for name, text in _COMMANDS.items():
            script = directory / name
            script.write_text(f"#!/bin/sh\n{text.format(root=self.root)}\n")
            script.chmod(0o755)
        for name in ("run", "var/log/nginx", "etc/nginx/conf.d"):
            (self.root / name).mkdir(parents=True)

    def _make_certificates(self):
        """Where the guides have theirs."""
        chain, key = make_certificate(self.root / "made", "fullchain")
        for name, kinds in {
            "etc/letsencrypt/live/chat.example.com/fullchain.pem": (chain,),
            "etc/letsencrypt/live/chat.example.com/privkey.pem": (key,),
            "etc/nginx/cloudflare.pem": (chain,),
            "etc/pulsegate/origin.pem": (chain,),
            "etc/pulsegate/origin.key": (key,),
            "etc/pulsegate/cloudflare.pem": (chain,),
            "etc/haproxy/chat.example.com.pem": (chain, key),
        }.items():
            file = self.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(kind.read_text() for kind in kinds))
            file.chmod(0o600)


def carry_out(text, scenario, make_console):
    """Writes the files of a guide and hands each console block to make_console, in their order."""
    from guide import blocks_of

    for block in blocks_of(text):
        if block.is_file:
            scenario.write(block.name, block.text)
        elif block.is_console:
            make_console(block)
