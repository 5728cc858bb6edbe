"""What the gateway of a soak is configured with: one text that stays, and others for reloads."""

BASE = {
    "interval": "1s",
    "timeout": "4s",
    "write_stall": "2s",
    "message": "1MiB",
    "extra": "  - { path: /extra, upstream: echo }\n",
}

TEMPLATE = """\
listeners:
  - address: 127.0.0.1:{plain}
  - address: 127.0.0.1:{tls}
    tls: {{ certificate: soak.pem, private_key: soak.key }}
  - address: 127.0.0.1:{proxy}
    proxy_protocol: require
admin: {{ address: 127.0.0.1:{admin} }}
workers: 2
trusted_proxies: [127.0.0.1/32]
heartbeat: {{ interval: {interval}, timeout: {timeout} }}
limits: {{ connections: 2000, handshake: 2s, message: {message}, write_stall: {write_stall}, slowest_rate: 16MiB }}
drain: {{ window: 1s }}
log: {{ format: json }}
routes:
  - {{ path: /, upstream: "ws://127.0.0.1:{app}" }}
  - {{ path: /echo, upstream: echo }}
{extra}"""

LASTING_ROUTES = ("/", "/echo")

# Each makes a text that no gateway may take over.
SPOILERS = [
    lambda text: text.replace("heartbeat:", "hartbeat:"),
    lambda text: text.replace("handshake: 2s", "handshake: 2"),
    lambda text: text.replace("soak.pem", "missing.pem"),
    lambda text: text.replace("path: /echo", "path: /"),
    lambda text: text.replace("routes:", "routes: ["),
    lambda text: text + "workers: 2\n",
    lambda text: text.replace("upstream: echo", "upstream: http://127.0.0.1"),
]


def base(ports):
    return TEMPLATE.format(**ports, **BASE)


def another(ports, dice):
    """A valid text that differs."""
    extra = dice.choice(
        [
            "",
            BASE["extra"],
            "  - { path: /extra, upstream: echo, rate: { messages: 50, bytes: 256KiB } }\n",
        ]
    )
    return TEMPLATE.format(
        **ports,
        interval=dice.choice(["500ms", "1s", "2s"]),
        timeout=dice.choice(["4s", "5s", "6s"]),
        write_stall=dice.choice(["1s", "2s", "3s"]),
        message=dice.choice(["512KiB", "1MiB", "4MiB"]),
        extra=extra,
    )


def spoilt(ports, dice):
    """A text with a mistake."""
    text = base(ports)
    wrong = dice.choice(SPOILERS)(text)
    assert wrong != text, "nothing was spoilt"
    return wrong
