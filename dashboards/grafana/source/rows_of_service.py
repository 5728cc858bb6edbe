"""The rows about what surrounds connections: traffic, the application, proxies, and the process."""

from source.panels import (
    BLUE,
    GREEN,
    ORANGE,
    RED,
    bars,
    colours,
    limit_line,
    named,
    query,
    row,
    stat,
    states,
    table,
    timeseries,
)

BACK_PRESSURE = row(
    "Back-pressure",
    timeseries(
        "Bytes held back",
        "What waits in the gateway for peers that take no more at the moment. Steady and high: "
        "clients on slow networks, or an application that sends more than they can take. It is "
        "bounded: the gateway stops reading from the other side.",
        query("sum by (instance) (pulsegate_pending_bytes{of_route})", "{{instance}}"),
        unit="bytes",
        width=6,
    ),
    timeseries(
        "Ends for slowness or size",
        "Sessions ended in a minute because a side took no byte for `limits.write_stall`, sent "
        "faster than its `rate`, or more than `limits.message`. `slow_app`: the application is "
        "overloaded. `slow_client`: send less, or raise the limit.",
        query(
            "60 * sum by (reason) (rate(pulsegate_connections_closed_total"
            '{of_route, reason=~"slow_client|slow_app|rate_exceeded|too_big"}[$__rate_interval]))',
            "{{reason}}",
        ),
        unit="cpm",
        stacked=True,
        width=6,
    ),
    timeseries(
        "Messages",
        "Messages relayed per second. One direction stops while connections stay: the application "
        "or its source has stopped.",
        query(
            "sum by (direction) (rate(pulsegate_messages_total{of_route}[$__rate_interval]))",
            "{{direction}}",
        ),
        unit="cps",
        width=6,
    ),
    timeseries(
        "Traffic",
        "Bytes of relayed frames per second. Compare with the network card's limit.",
        query(
            "sum by (direction) (rate(pulsegate_bytes_total{of_route}[$__rate_interval]))",
            "{{direction}}",
        ),
        unit="Bps",
        width=6,
    ),
)

APPLICATION = row(
    "Application",
    timeseries(
        "Time to its answer",
        "From dialling the application to its answer to the upgrade, by route. Rising: it is busy, "
        "or too few of its processes accept. At `limits.handshake` the client gets 504.",
        *(
            query(
                f"histogram_quantile({share}, sum by (route, le) "
                "(rate(pulsegate_app_dial_seconds_bucket{of_route}[$__rate_interval])))",
                f"{{{{route}}}}, {name}",
            )
            for share, name in ((0.5, "median"), (0.95, "p95"))
        ),
        unit="s",
        width=6,
    ),
    timeseries(
        "Errors by kind",
        "Failures in a minute to open a WebSocket to it, by route. `connect`: it is down, or its "
        "queue is full. `resolve`: DNS. `no_port`: no local port towards it is left. `tls`: its certificate. "
        "`timeout`: it is too slow. `bad_response`: it does not speak WebSocket there. `refused`: its own answer, such as 401.",
        query(
            "60 * sum by (route, kind) "
            "(rate(pulsegate_app_errors_total{of_route}[$__rate_interval]))",
            "{{route}}, {{kind}}",
        ),
        unit="cpm",
        stacked=True,
        width=6,
    ),
    timeseries(
        "Upgrades that fail there",
        "Share of the attempts that the application of a route did not answer properly; its own "
        "refusals do not count. Above a few per cent it is in trouble.",
        query(
            "sum by (route) "
            '(rate(pulsegate_app_errors_total{of_route, kind!="refused"}[$__rate_interval]))'
            " / (sum by (route) (rate(pulsegate_app_errors_total{of_route}[$__rate_interval]))"
            " + sum by (route) (rate(pulsegate_connections_opened_total{of_route}"
            "[$__rate_interval])) > 0)",
            "{{route}}",
        ),
        unit="percentunit",
        max=1,
        width=6,
    ),
    timeseries(
        "Sessions it lost",
        "Sessions ended in a minute by the application's fault. `app_lost`: it ended without a "
        "Close frame, as when it is restarted. `app_timeout`: it answered no heartbeat; its event "
        "loop is blocked. `app_protocol_error`: it breaks RFC 6455.",
        query(
            "60 * sum by (reason) (rate(pulsegate_connections_closed_total"
            "{of_route, "
            'reason=~"app_lost|app_timeout|app_protocol_error|slow_app"}[$__rate_interval]))',
            "{{reason}}",
        ),
        unit="cpm",
        stacked=True,
        width=6,
    ),
)

ALIGNMENT = row(
    "Alignment",
    bars(
        "Margins now",
        "What each proxy's limit leaves after the gateway's worst case; `life` is a lifetime "
        "limit against `limits.session_age`. Red: it cuts healthy connections; `pulsegate check` "
        "says which line to change. Less than 10 s: one slow answer is enough. Empty: no proxy "
        "with a limit is declared.",
        query(
            "min by (hop, direction) (pulsegate_alignment_margin_seconds{of})",
            "{{hop}}, {{direction}}",
        ),
        unit="s",
        min=None,
        thresholds=colours(RED, (0, ORANGE), (10, GREEN)),
        width=8,
    ),
    timeseries(
        "Margins",
        "The same over time. A step is a change of a proxy's file or of gateway.yaml.",
        query(
            "min by (hop, direction) (pulsegate_alignment_margin_seconds{of})",
            "{{hop}}, {{direction}}",
        ),
        unit="s",
        min=None,
        thresholds=colours("transparent", (0, RED)),
        width=10,
    ),
    timeseries(
        "Findings",
        "What `pulsegate check` has to say. Errors: with `alignment: enforce` the gateway would "
        "not start again. Warnings: read them once.",
        query("max by (severity) (pulsegate_alignment_findings{of})", "{{severity}}"),
        decimals=0,
        width=6,
    ),
)

DRAIN = row(
    "Drain and reload",
    states(
        "Serving or draining",
        "Green: takes new clients. Orange: ends its sessions over `drain.window`, then leaves.",
        query("pulsegate_draining{of}", "{{instance}}"),
        words={0: ("serving", GREEN), 1: ("draining", ORANGE)},
        width=6,
    ),
    timeseries(
        "Planned ends",
        "Sessions in a minute that were asked to come back: by a drain, at `limits.session_age`, "
        "by an operator, or cut by a second signal (`shutdown`). A peak instead of a plateau: "
        "`drain.window` is too short for so many.",
        query(
            "60 * sum by (reason) (rate(pulsegate_connections_closed_total"
            '{of_route, reason=~"drained|age|admin|shutdown"}[$__rate_interval]))',
            "{{reason}}",
        ),
        unit="cpm",
        stacked=True,
        width=6,
    ),
    timeseries(
        "Time until the last goodbye",
        "While an instance drains: until when its last session is asked to end. Below zero for "
        "more than some seconds: it is stuck. What stops it (systemd, Kubernetes) must wait "
        "longer than that.",
        query(
            "pulsegate_drain_deadline_timestamp_seconds{of} - time() and pulsegate_draining{of} "
            "== 1",
            "{{instance}}",
        ),
        unit="s",
        min=None,
        width=6,
    ),
    states(
        "Configuration in use",
        "Red: the last reload was refused, and the gateway serves by the older configuration. "
        "With the file as it is it would not start again; its errors are in the log and in "
        "`pulsegate check`.",
        query("pulsegate_config_last_reload_successful{of}", "{{instance}}"),
        words={0: ("older than the file", RED), 1: ("as in the file", GREEN)},
        width=6,
    ),
    stat(
        "Reloads in the time shown",
        "How often the configuration was read again. Failures: see *Configuration in use*.",
        query(
            "sum by (result) (increase(pulsegate_config_reloads_total{of}[$__range]))",
            "{{result}}",
            instant=True,
        ),
        graph="none",
        decimals=0,
        width=6,
    ),
    stat(
        "Age of the configuration",
        "Of the oldest one in use. Older than your last change: an instance has missed it.",
        query("time() - min(pulsegate_config_last_reload_success_timestamp_seconds{of})"),
        unit="s",
        graph="none",
        width=6,
    ),
    stat(
        "Time since the last start",
        "Of the instance that started last. Short, and nobody deployed: it crashed; its log or its "
        "supervisor's says how.",
        query("time() - max(process_start_time_seconds{of})"),
        unit="s",
        graph="none",
        width=6,
    ),
    table(
        "Versions",
        "What runs. More than one version for longer than a deployment: an instance was left "
        "behind.",
        "pulsegate_build_info{of}",
        {"instance": "instance", "version": "version", "compiler": "compiler", "boost": "Boost"},
        width=6,
        height=4,
    ),
)

PROCESS = row(
    "Process",
    timeseries(
        "Processor",
        "Cores in use. Close to the number of workers: add workers if there are cores, or "
        "instances.",
        query("rate(process_cpu_seconds_total{of}[$__rate_interval])", "{{instance}}"),
        query("sum(pulsegate_workers{of})", "workers"),
        width=6,
        overrides=[limit_line("workers")],
    ),
    timeseries(
        "Resident memory",
        "Grows with connections and with *Bytes held back*. Grows while these do not: report it.",
        query("process_resident_memory_bytes{of}", "{{instance}}"),
        unit="bytes",
        width=6,
    ),
    timeseries(
        "Memory per connection",
        "What an instance takes in all, divided by its sessions; meaningful from some thousands "
        "on. The README has what an idle one costs.",
        query(
            "process_resident_memory_bytes{of}"
            " / on (job, instance) (sum by (job, instance) (pulsegate_connections{of}) > 0)",
            "{{instance}}",
        ),
        unit="bytes",
        width=6,
    ),
    timeseries(
        "File descriptors",
        "Open ones, and the limit. A session takes two. Close to the limit: raise LimitNOFILE or "
        "`ulimit -n`; new clients get 503 there.",
        query("process_open_fds{of}", "{{instance}}"),
        query("min(process_max_fds{of})", "limit"),
        width=6,
        overrides=[limit_line("limit")],
    ),
    timeseries(
        "Event loop lag",
        "How late the workers' timers fire, and so how much is added to each message. Above 0.1 "
        "s: the machine has too little processor for its work, or steals it from this process.",
        *(
            query(
                f"histogram_quantile({share}, sum by (le) "
                "(rate(pulsegate_event_loop_lag_seconds_bucket{of}[$__rate_interval])))",
                name,
            )
            for share, name in ((0.5, "median"), (0.99, "p99"))
        ),
        unit="s",
        width=6,
    ),
    timeseries(
        "Workers that do not answer",
        "Event loops that gave no figures within a second. Above zero twice in a row: one is "
        "stuck, and its connections stand still; restart the gateway, and keep its stack (`gdb`) "
        "for a report.",
        query("pulsegate_workers{of} - pulsegate_workers_answered{of}", "{{instance}}"),
        width=6,
        decimals=0,
    ),
    timeseries(
        "Time until certificates end",
        "Of each certificate that is in use. It jumps up when a renewed one is taken; below 14 days "
        "nothing has renewed it, or the gateway could not take the new one, which its log says. "
        "Empty: no TLS here.",
        query(
            "min by (file) (pulsegate_certificate_expiry_timestamp_seconds{of}) - time()",
            "{{file}}",
        ),
        unit="s",
        min=None,
        width=6,
        thresholds=colours(RED, (3 * 86400, ORANGE), (14 * 86400, "transparent")),
    ),
    timeseries(
        "Handshakes",
        "Connections that are not sessions yet, and failures to accept one. Many in progress: "
        "clients are slow to ask, or the application to answer. Failures: no descriptor is left.",
        query(
            "sum by (instance) (pulsegate_handshakes_in_progress{of})", "{{instance}}, in progress"
        ),
        query(
            "60 * sum by (instance) (rate(pulsegate_accept_errors_total{of}[$__rate_interval]))",
            "{{instance}}, failures in a minute",
        ),
        width=6,
    ),
    timeseries(
        "Log lines dropped",
        "Lines in a minute that standard error took too slowly, so that they are lost. What reads "
        "the log is stuck or too slow; the gateway does not wait for it.",
        query(
            "60 * sum by (instance) "
            "(rate(pulsegate_log_lines_dropped_total{of}[$__rate_interval]))",
            "{{instance}}",
        ),
        unit="cpm",
        width=6,
    ),
)

ROWS = [BACK_PRESSURE, APPLICATION, ALIGNMENT, DRAIN, PROCESS]
