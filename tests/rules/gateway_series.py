"""What a Prometheus sees of one healthy gateway: {series: its value, by the minute}.

A value of None is no sample. Trouble begins at BEGINS and ends at ENDS.
"""

STEP = 0.25  # minutes: the scrape interval of prometheus.yml
BEGINS, ENDS, HORIZON = 15, 38, 55
TARGET = 'instance="gw:9464", job="pulsegate"'
CLOSE_REASONS = """client_closed app_closed client_lost app_lost evicted app_timeout protocol_error
bad_utf8 too_big app_protocol_error slow_client slow_app rate_exceeded drained age admin
shutdown""".split()
TIME_BOUNDS = [0.001, 0.1, 0.25, 0.5, 1, 2.5, 10]


def series(name, **labels):
    own = "".join(f'{label}="{value}", ' for label, value in labels.items())
    return f"{name}{{{own}{TARGET}}}"


def closed(reason):
    return series("pulsegate_connections_closed_total", route="/", reason=reason)


def steady(value):
    return lambda minute: value


def changes(before, then):
    """A gauge that has another value during the trouble."""
    return lambda minute: then if BEGINS < minute <= ENDS else before


def counter(per_minute):
    return lambda minute: per_minute * minute


def counts(before, then):
    """A counter that grows by `before` in a minute, and by `then` during the trouble."""
    return lambda minute: (
        before * minute + (then - before) * min(max(minute - BEGINS, 0), ENDS - BEGINS)
    )


def jumps(per_minute, by):
    """A counter that grows at a steady pace, and at once when the trouble begins."""
    return lambda minute: per_minute * minute + (by if minute > BEGINS else 0)


def histogram(name, typical, slow=None, share=0.0, **labels):
    """2000 observations in a minute just below `typical`, during the trouble a share of them just
    below `slow`; both are of TIME_BOUNDS."""
    everything, most = counter(2000), counts(2000, 2000 * (1 - share))
    made = {series(f"{name}_bucket", le="+Inf", **labels): everything}
    for bound in TIME_BOUNDS:
        count = steady(0) if bound < typical else most if slow and bound < slow else everything
        made[series(f"{name}_bucket", le=bound, **labels)] = count
    return made


HEALTHY = {
    series("up"): steady(1),
    series("pulsegate_connections", route="/"): steady(1000),
    series("pulsegate_connections_limit"): steady(2000),
    series("pulsegate_connections_opened_total", route="/"): counter(30),
    **{closed(reason): steady(0) for reason in CLOSE_REASONS},
    closed("client_closed"): counter(25),
    closed("client_lost"): counter(4),
    closed("evicted"): counter(1),
    series("pulsegate_handshakes_rejected_total", route="/", reason="connection_limit"): steady(0),
    series("pulsegate_handshakes_rejected_total", route="/", reason="no_descriptors"): steady(0),
    series("pulsegate_handshakes_rejected_total", reason="malformed"): counter(10),
    series("pulsegate_accept_errors_total"): steady(0),
    series("pulsegate_pings_sent_total", route="/", leg="client"): counter(2400),
    series("pulsegate_pongs_received_total", route="/", leg="client"): counter(2390),
    series("pulsegate_pings_sent_total", route="/", leg="app"): counter(2400),
    series("pulsegate_pongs_received_total", route="/", leg="app"): counter(2400),
    **histogram("pulsegate_ping_rtt_seconds", 0.1, route="/"),
    **histogram("pulsegate_event_loop_lag_seconds", 0.001),
    series("pulsegate_app_errors_total", route="/", kind="connect"): steady(0),
    series("pulsegate_app_errors_total", route="/", kind="refused"): counter(3),
    # Another application, with ten times as many clients, behind another route.
    series("pulsegate_connections_opened_total", route="/busy"): counter(300),
    series("pulsegate_app_errors_total", route="/busy", kind="connect"): steady(0),
    series("pulsegate_certificate_expiry_timestamp_seconds", file="a.pem"): steady(90 * 86400),
    series("pulsegate_suspected_hop_cuts_total", hop="nginx"): steady(0),
    series("pulsegate_suspected_hop_cuts_total", hop="undeclared"): steady(0),
    series("pulsegate_alignment_margin_seconds", hop="nginx", direction="to_client"): steady(29.9),
    series("pulsegate_alignment_margin_seconds", hop="nginx", direction="to_gateway"): steady(25),
    series("pulsegate_alignment_findings", severity="error"): steady(0),
    series("pulsegate_alignment_findings", severity="warning"): steady(2),
    series("pulsegate_config_last_reload_successful"): steady(1),
    series("pulsegate_draining"): steady(0),
    series("pulsegate_drain_deadline_timestamp_seconds"): steady(0),
    series("pulsegate_workers"): steady(4),
    series("pulsegate_workers_answered"): steady(4),
    series("pulsegate_build_info", version="0.1.0"): steady(1),
    series("process_open_fds"): steady(2100),
    series("process_max_fds"): steady(262144),
    series("process_start_time_seconds"): steady(1795381107),
    # Another program that the same Prometheus watches, which has troubles of its own.
    'up{instance="db:9100", job="node"}': steady(0),
    'process_open_fds{instance="db:9100", job="node"}': steady(1000),
    'process_max_fds{instance="db:9100", job="node"}': steady(1024),
    'process_start_time_seconds{instance="db:9100", job="node"}': counter(60),
}


def is_of_gateway(name):
    return TARGET in name
