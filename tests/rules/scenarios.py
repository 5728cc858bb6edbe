"""The troubles that raise alerts, and what looks like them and must raise none.

Each replaces some series of a healthy gateway. Times are minutes.
"""

import typing

from gateway_series import BEGINS, ENDS, changes, closed, counter, counts, histogram, jumps
from gateway_series import series

GATEWAY = {"instance": "gw:9464", "job": "pulsegate"}
JOB = {"job": "pulsegate"}

CONNECTIONS = series("pulsegate_connections", route="/")
OPENED = series("pulsegate_connections_opened_total", route="/")
MARGIN = series("pulsegate_alignment_margin_seconds", hop="nginx", direction="to_client")
ALIGNMENT_ERRORS = series("pulsegate_alignment_findings", severity="error")
CUTS = series("pulsegate_suspected_hop_cuts_total", hop="nginx")
FULL = series("pulsegate_handshakes_rejected_total", route="/", reason="connection_limit")
ACCEPT_ERRORS = series("pulsegate_accept_errors_total")
PINGS = series("pulsegate_pings_sent_total", route="/", leg="client")
PONGS = series("pulsegate_pongs_received_total", route="/", leg="client")
APP_ERRORS = series("pulsegate_app_errors_total", route="/", kind="connect")
APP_REFUSALS = series("pulsegate_app_errors_total", route="/", kind="refused")
CERTIFICATE = series("pulsegate_certificate_expiry_timestamp_seconds", file="a.pem")
ANSWERED = series("pulsegate_workers_answered")
RELOADED = series("pulsegate_config_last_reload_successful")
DEADLINE = series("pulsegate_drain_deadline_timestamp_seconds")
DRAINING = series("pulsegate_draining")
MAX_FDS = series("process_max_fds")
STARTED = series("process_start_time_seconds")
UP = series("up")


class Trouble(typing.NamedTuple):
    """One thing that goes wrong, and the one alert that it raises."""

    what: str
    alert: str
    severity: str
    labels: dict  # of the alert, without `severity`
    series: dict  # how the gateway looks then
    quiet_until: float  # since the trouble began: no alert fires
    fires_at: float  # since the trouble began: that alert fires, alone
    ends_by: float  # since the trouble ended: no alert fires any more
    summary: str
    description: str = ""  # where the rule's is a template


def starts(times):
    """When the process began: it begins anew every five minutes, so many times."""
    return lambda minute: 1795381107 + 300 * min(max(0, (minute - BEGINS) // 5 + 1), times)


TROUBLES = [
    Trouble(
        "somebody lowers proxy_read_timeout",
        "PulsegateMisaligned",
        "page",
        JOB | {"hop": "nginx", "direction": "to_client"},
        {MARGIN: changes(29.9, -5.1)},
        quiet_until=2,
        fires_at=2.5,
        ends_by=0.5,
        summary="nginx cuts healthy connections of pulsegate",
        description="Its limit (to_client) is -5.1 s away from what the gateway needs: "
        "connections end at that limit without a Close frame, whatever the clients do.",
    ),
    Trouble(
        "somebody removes an upgrade header from nginx.conf",
        "PulsegateAlignmentErrors",
        "ticket",
        JOB,
        {ALIGNMENT_ERRORS: changes(0, 2)},
        quiet_until=5,
        fires_at=5.5,
        ends_by=0.5,
        summary="pulsegate would not start again: the proxies in front do not fit",
        description="`pulsegate check` finds 2 errors in the configuration of the proxies. The "
        "gateway goes on, but with `alignment: enforce` its next start ends with exit code 78.",
    ),
    Trouble(
        "a declared proxy cuts a connection every minute",
        "PulsegateHopCuts",
        "ticket",
        JOB | {"hop": "nginx"},
        {CUTS: counts(0, 0.8)},
        quiet_until=6,
        fires_at=15.5,
        ends_by=10,
        summary="nginx is suspected of cutting connections of pulsegate",
        description="12 connections ended in 15 minutes just where a limit of nginx lies; "
        "`undeclared` is one that gateway.yaml does not name. The log tells the limit.",
    ),
    Trouble(
        "the network of an office goes down",
        "PulsegateEvictionBurst",
        "page",
        GATEWAY,
        {closed("evicted"): jumps(1, 120)},
        quiet_until=1,
        fires_at=2,
        ends_by=0,
        summary="gw:9464 evicts 12.5% of its clients in 5 minutes",
    ),
    Trouble(
        "a proxy is restarted",
        "PulsegateMassDisconnect",
        "page",
        GATEWAY,
        {closed("client_lost"): jumps(4, 400)},
        quiet_until=1,
        fires_at=2,
        ends_by=0,
        summary="gw:9464 lost 42% of its connections in 5 minutes",
    ),
    Trouble(
        "DNS points elsewhere",
        "PulsegateNoConnections",
        "page",
        JOB,
        {CONNECTIONS: changes(1000, 0)},
        quiet_until=5,
        fires_at=5.5,
        ends_by=0.5,
        summary="pulsegate has no connection left",
    ),
    Trouble(
        "growth",
        "PulsegateNearConnectionLimit",
        "ticket",
        GATEWAY,
        {CONNECTIONS: changes(1000, 1700)},
        quiet_until=5,
        fires_at=5.5,
        ends_by=0.5,
        summary="gw:9464 uses 85% of limits.connections",
    ),
    Trouble(
        "a limit of open files that nobody raised",
        "PulsegateNearDescriptorLimit",
        "ticket",
        GATEWAY,
        {MAX_FDS: changes(262144, 2500)},
        quiet_until=5,
        fires_at=5.5,
        ends_by=0.5,
        summary="gw:9464 uses 84% of its file descriptors",
    ),
    Trouble(
        "clients come and find no place",
        "PulsegateRefusingConnections",
        "page",
        GATEWAY,
        {FULL: counts(0, 20)},
        quiet_until=1,
        fires_at=6,
        ends_by=5,
        summary="gw:9464 is full and turns clients away",
        description="100 in 5 minutes were refused for want of a place or a descriptor.",
    ),
    Trouble(
        "the kernel has no descriptor left to accept with",
        "PulsegateRefusingConnections",
        "page",
        GATEWAY,
        {ACCEPT_ERRORS: counts(0, 5)},
        quiet_until=3,
        fires_at=6,
        ends_by=5,
        summary="gw:9464 is full and turns clients away",
        description="25 in 5 minutes were refused for want of a place or a descriptor.",
    ),
    Trouble(
        "something eats a third of the pongs",
        "PulsegatePongRatioLow",
        "ticket",
        GATEWAY | {"leg": "client"},
        {PONGS: counts(2390, 1600)},
        quiet_until=15,
        fires_at=20,
        ends_by=8,
        summary="66.67% of the heartbeats to the client leg of gw:9464 are answered",
    ),
    Trouble(
        "a mobile network is overloaded",
        "PulsegateRttHigh",
        "ticket",
        GATEWAY,
        histogram("pulsegate_ping_rtt_seconds", 0.1, slow=2.5, share=0.1, route="/"),
        quiet_until=14,
        fires_at=20,
        ends_by=8,
        summary="One in twenty heartbeats of gw:9464 takes more than 1.75s",
    ),
    Trouble(
        "the application of one route is down",
        "PulsegateAppErrors",
        "page",
        GATEWAY | {"route": "/"},
        {APP_ERRORS: counts(0, 30), OPENED: counts(30, 0)},
        quiet_until=2,
        fires_at=8,
        ends_by=6,
        summary="90.91% of upgrades of / at gw:9464 fail at the application",
    ),
    Trouble(
        "nobody renews the certificate",
        "PulsegateCertificateExpiring",
        "ticket",
        GATEWAY | {"file": "a.pem"},
        {CERTIFICATE: changes(90 * 86400, 7 * 86400)},
        quiet_until=10,
        fires_at=11,
        ends_by=0.5,
        summary="A certificate of gw:9464 ends in 6d 23h 34m 0s",
        description="a.pem was not renewed, or the gateway could not take the new one.",
    ),
    Trouble(
        "nobody has renewed the certificate",
        "PulsegateCertificateEnds",
        "page",
        GATEWAY | {"file": "a.pem"},
        {CERTIFICATE: changes(90 * 86400, 1 * 86400)},
        quiet_until=1,
        fires_at=2,
        ends_by=0.5,
        summary="A certificate of gw:9464 ends within three days, or has ended",
        description="a.pem: 23h 43m 0s are left. After that, TLS fails for everybody who is shown it.",
    ),
    Trouble(
        "the gateway's machine is gone",
        "PulsegateTargetDown",
        "page",
        GATEWAY,
        {UP: changes(1, 0)},
        quiet_until=2,
        fires_at=2.5,
        ends_by=1.5,
        summary="gw:9464 does not answer Prometheus",
    ),
    Trouble(
        "service discovery finds nothing",
        "PulsegateAbsent",
        "page",
        JOB,
        {UP: changes(1, None)},
        quiet_until=9,  # a series without samples counts for five minutes
        fires_at=10.5,
        ends_by=0.5,
        summary="Prometheus knows no gateway",
        description="No target has the job `pulsegate`; every other alert of Pulsegate is blind.",
    ),
    Trouble(
        "it crashes every five minutes",
        "PulsegateRestartLoop",
        "page",
        GATEWAY,
        {STARTED: starts(3)},
        quiet_until=9.5,
        fires_at=10.5,
        ends_by=8,
        summary="gw:9464 started 3 times in half an hour",
    ),
    Trouble(
        "one event loop stands still",
        "PulsegateWorkerStuck",
        "page",
        GATEWAY,
        {ANSWERED: changes(4, 3)},
        quiet_until=1,
        fires_at=1.5,
        ends_by=0.5,
        summary="1 workers of gw:9464 do not answer",
    ),
    Trouble(
        "too few processors",
        "PulsegateEventLoopLag",
        "ticket",
        GATEWAY,
        histogram("pulsegate_event_loop_lag_seconds", 0.001, slow=0.25, share=0.05),
        quiet_until=10,
        fires_at=16,
        ends_by=5,
        summary="The event loops of gw:9464 are 220ms late",
    ),
    Trouble(
        "a typo in gateway.yaml",
        "PulsegateReloadFailed",
        "ticket",
        GATEWAY,
        {RELOADED: changes(1, 0)},
        quiet_until=5,
        fires_at=5.5,
        ends_by=0.5,
        summary="gw:9464 serves by an older configuration than the one in the file",
    ),
    Trouble(
        "a drain is over, and the gateway stays",
        "PulsegateDrainStuck",
        "ticket",
        GATEWAY,
        {DRAINING: changes(0, 1), DEADLINE: changes(0, BEGINS * 60 + 30)},
        quiet_until=2,
        fires_at=3,
        ends_by=0.5,
        summary="gw:9464 should have ended 2m 30s ago",
    ),
]

# Just not enough of a trouble, or something that only looks like it.
HARMLESS = {
    "a margin that is small": {MARGIN: changes(29.9, 0.5)},
    "a cut every four minutes": {CUTS: counts(0, 0.25)},
    "some clients lose their network": {closed("evicted"): jumps(1, 40)},
    "one of few loses it": {CONNECTIONS: lambda _: 100, closed("evicted"): jumps(1, 14)},
    "a fifth of the clients is lost": {closed("client_lost"): jumps(4, 170)},
    "everybody leaves as it should be": {
        closed("client_closed"): jumps(25, 1000),
        closed("drained"): jumps(0, 1000),
        closed("admin"): jumps(0, 1000),
    },
    "one client is left": {CONNECTIONS: changes(1000, 1)},
    "nobody uses it yet": {CONNECTIONS: changes(8, 0)},
    "three quarters of the places are taken": {CONNECTIONS: changes(1000, 1500)},
    "three quarters of the descriptors are": {MAX_FDS: changes(262144, 2800)},
    "a client now and then finds no place": {FULL: counts(0, 1.8)},
    "broken requests": {
        series("pulsegate_handshakes_rejected_total", reason="malformed"): counts(10, 500)
    },
    "a sixth of the pongs is missing": {PONGS: counts(2390, 2000)},
    "one client of three knows no pong": {PINGS: counter(7.2), PONGS: counter(4.8)},
    "nobody is there to be pinged": {PINGS: lambda _: 0, PONGS: lambda _: 0},
    "a few are far away": histogram(
        "pulsegate_ping_rtt_seconds", 0.1, slow=2.5, share=0.04, route="/"
    ),
    "a few of many upgrades fail": {APP_ERRORS: counts(0, 2.5), OPENED: counter(60)},
    "few upgrades are tried, and some fail": {APP_ERRORS: counts(0, 1.5), OPENED: counter(2)},
    "the application refuses many": {APP_REFUSALS: counts(3, 300)},
    "a failure of a minute": {UP: lambda minute: 0 if BEGINS < minute <= BEGINS + 1 else 1},
    "a certificate of a month": {CERTIFICATE: changes(90 * 86400, 20 * 86400)},
    "two deployments": {STARTED: starts(2)},
    "a worker is late once": {ANSWERED: lambda minute: 3 if minute == BEGINS + 1 else 4},
    "a timer in a hundred and fifty is late": histogram(
        "pulsegate_event_loop_lag_seconds", 0.001, slow=0.25, share=0.006
    ),
    "a reload that is mended at once": {
        RELOADED: lambda minute: 0 if BEGINS < minute <= BEGINS + 3 else 1
    },
    "a long drain": {DRAINING: changes(0, 1), DEADLINE: changes(0, ENDS * 60)},
    "a drain, and its gateway has left": {
        name: lambda minute, value=value: value if minute <= BEGINS + 1 else None
        for name, value in {DRAINING: 1, DEADLINE: BEGINS * 60 + 40}.items()
    },
}
