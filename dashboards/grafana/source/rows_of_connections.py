"""The rows about connections: how many, whether they live, and who ends them."""

from source.hop_signatures import marked
from source.panels import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    bars,
    colours,
    heatmap,
    limit_line,
    named,
    painted,
    query,
    row,
    stat,
    states,
    timeseries,
)

# Reasons for which a connection ends though neither side nor an operator asked for it.
UNASKED = 'reason!~"client_closed|app_closed|drained|age|admin"'

OVERVIEW = row(
    "Overview",
    stat(
        "Connections",
        "Sessions open now. A sudden drop: look at *Ends by reason*. Zero: do clients still get "
        "here?",
        query("sum(pulsegate_connections{of_route})"),
    ),
    stat(
        "Opened",
        "New sessions in a minute. Far more than usual: clients come back after a disconnect, or "
        "in a loop; look at why they ended.",
        query("60 * sum(rate(pulsegate_connections_opened_total{of_route}[$__rate_interval]))"),
        unit="cpm",
    ),
    stat(
        "Ends nobody asked for",
        "Share of the ends, in the time shown, for which neither side nor an operator asked. "
        "Above its usual value: the row *Why connections end* says who.",
        query(
            "sum(increase(pulsegate_connections_closed_total{of_route, " + UNASKED + "}[$__range]))"
            " / (sum(increase(pulsegate_connections_closed_total{of_route}[$__range])) > 0)",
            instant=True,
        ),
        unit="percentunit",
        graph="none",
    ),
    stat(
        "Evictions",
        "Silent clients that were ended, in the time shown. Some are normal: people walk out of "
        "reach. Many at once: a network, or a proxy, has failed.",
        query("sum(increase(pulsegate_timeout_evictions_total{of_route}[$__range]))", instant=True),
        graph="none",
        decimals=0,
    ),
    stat(
        "Suspected hop cuts",
        "Connections, in the time shown, that ended just where a limit of a proxy lies. Above zero: "
        "which proxy is in *Suspected hop cuts by hop*, and which limit in the log.",
        query("sum(increase(pulsegate_suspected_hop_cuts_total{of}[$__range]))", instant=True),
        graph="none",
        decimals=0,
        thresholds=colours(GREEN, (1, ORANGE)),
    ),
    stat(
        "Least margin",
        "What the tightest proxy leaves after the longest silence of a healthy connection. Below "
        "zero it cuts healthy connections: see the row *Alignment*. None: no proxy is declared.",
        query("min(pulsegate_alignment_margin_seconds{of})"),
        unit="s",
        graph="none",
        noValue="none",
        thresholds=colours(RED, (0, ORANGE), (10, GREEN)),
    ),
    stat(
        "State",
        "Draining: it takes no new clients and is about to leave.",
        query("max(pulsegate_draining{of})"),
        graph="none",
        mappings=named({0: ("serving", GREEN), 1: ("draining", ORANGE)}),
    ),
    stat(
        "Instances that answer",
        "Gateways that Prometheus reaches. Fewer than there should be: their clients are gone, or "
        "nobody sees how they are.",
        query("count(pulsegate_build_info{of})"),
        graph="none",
        noValue="0",
        thresholds=colours(RED, (1, GREEN)),
    ),
    timeseries(
        "Connections by route",
        "Sessions open now, and `limits.connections` of all instances. Close to the limit: raise "
        "it (each session takes two descriptors), or add an instance.",
        query("sum by (route) (pulsegate_connections{of_route})", "{{route}}"),
        query("sum(pulsegate_connections_limit{of})", "limit"),
        overrides=[limit_line("limit")],
    ),
    timeseries(
        "Opened and ended",
        "Sessions in a minute. Both high at once: the same clients go and come. Ended without "
        "opened: something keeps clients away; look at *Upgrades refused*.",
        query(
            "60 * sum(rate(pulsegate_connections_opened_total{of_route}[$__rate_interval]))",
            "opened",
        ),
        query(
            "60 * sum(rate(pulsegate_connections_closed_total{of_route}[$__rate_interval]))",
            "ended",
        ),
        unit="cpm",
        overrides=[painted("opened", GREEN), painted("ended", BLUE)],
    ),
    timeseries(
        "Upgrades refused",
        "Upgrades in a minute that did not become sessions, by route, if that was known already, and "
        "reason. `connection_limit` and "
        "`no_descriptors`: the gateway is full. `app_…`: the application's fault. `client_rate`, "
        "`handshake_rate`: the limits of gateway.yaml do their work. `malformed`: scanners, "
        "mostly.",
        query(
            "60 * sum by (route, reason) "
            "(rate(pulsegate_handshakes_rejected_total{of}[$__rate_interval])) > 0",
            "{{route}} {{reason}}",
        ),
        unit="cpm",
        stacked=True,
    ),
    states(
        "Alerts",
        "The alerts of deploy/prometheus as they were pending or firing. Each has its entry in "
        "deploy/RUNBOOK.md. Empty: none, or Prometheus does not have these rules.",
        query(
            'max by (alertname) (ALERTS{alertname=~"Pulsegate.+", alertstate="firing"} * 2'
            ' or ALERTS{alertname=~"Pulsegate.+", alertstate="pending"})',
            "{{alertname}}",
        ),
        words={1: ("pending", ORANGE), 2: ("firing", RED)},
        width=24,
        height=6,
    ),
)

LIVENESS = row(
    "Liveness",
    timeseries(
        "Heartbeats",
        "Heartbeats and their answers per second, on the leg to clients and the one to the "
        "application. They follow the number of connections; a gap between the two is in *Answered "
        "heartbeats*.",
        query(
            "sum by (leg) (rate(pulsegate_pings_sent_total{of_route}[$__rate_interval]))",
            "sent, {{leg}} leg",
        ),
        query(
            "sum by (leg) (rate(pulsegate_pongs_received_total{of_route}[$__rate_interval]))",
            "answered, {{leg}} leg",
        ),
        unit="cps",
    ),
    timeseries(
        "Answered heartbeats",
        "Share of the heartbeats that were answered, over five minutes so that an answer under "
        "way does not show. Low on the client leg: clients die, or something eats pings or pongs; "
        "low on the application's: its event loop is stuck or it knows no pong.",
        query(
            "sum by (leg) (rate(pulsegate_pongs_received_total{of_route}[5m]))"
            " / (sum by (leg) (rate(pulsegate_pings_sent_total{of_route}[5m])) > 0)",
            "{{leg}} leg",
        ),
        unit="percentunit",
        max=1,
        thresholds=colours("transparent", (0.8, RED)),
    ),
    timeseries(
        "Evictions by route",
        "Silent clients ended in a minute, by route. A peak: the network of many failed at once; "
        "compare with other services. One route only: its clients do not answer heartbeats.",
        query(
            "60 * sum by (route) "
            "(rate(pulsegate_timeout_evictions_total{of_route}[$__rate_interval]))",
            "{{route}}",
        ),
        unit="cpm",
        stacked=True,
    ),
    timeseries(
        "Round trip of heartbeats",
        "How long a heartbeat and its answer take. The median shows the network; a p99 above a "
        "second alone: some clients are on bad networks; all high: look at *Event loop lag* and "
        "the processor. The alignment counts on at most 5 s.",
        *(
            query(
                f"histogram_quantile({share}, sum by (le) "
                "(rate(pulsegate_ping_rtt_seconds_bucket{of_route}[$__rate_interval])))",
                name,
            )
            for share, name in ((0.5, "median"), (0.95, "p95"), (0.99, "p99"))
        ),
        unit="s",
        width=12,
    ),
    heatmap(
        "Round trips",
        "The same as a picture. Two bands: two kinds of clients, or one of two networks is slow.",
        "sum by (le) (increase(pulsegate_ping_rtt_seconds_bucket{of_route}[$__rate_interval]))",
        width=12,
    ),
)

ENDS = row(
    "Why connections end",
    timeseries(
        "Ends by reason",
        "Sessions that ended in a minute. `client_lost` is an end without a Close frame: the "
        "client's network, a crash, or a proxy that cuts. `app_lost`, `app_timeout`: the "
        "application. `drained`, `age`, `admin`: planned. `pulsegate_connections_closed_total` in "
        "the README has all.",
        query(
            "60 * sum by (reason) "
            "(rate(pulsegate_connections_closed_total{of_route}[$__rate_interval])) > 0",
            "{{reason}}",
        ),
        unit="cpm",
        stacked=True,
        width=12,
    ),
    bars(
        "Ends in the time shown",
        "How many sessions ended for which reason. Choose the minutes of an incident above to see "
        "what it was made of.",
        query(
            "sort_desc(sum by (reason) "
            "(increase(pulsegate_connections_closed_total{of_route}[$__range])) > 0)",
            "{{reason}}",
            instant=True,
        ),
        decimals=0,
        width=6,
    ),
    timeseries(
        "Suspected hop cuts by hop",
        "Connections in a minute that ended just where a limit of that proxy lies. It goes on: "
        "look at that proxy's configuration; `pulsegate check` knows whether it fits. The log has "
        "the limit.",
        query(
            "60 * sum by (hop) (rate(pulsegate_suspected_hop_cuts_total{of}[$__rate_interval]))",
            "{{hop}}",
        ),
        unit="cpm",
        stacked=True,
        width=6,
    ),
    bars(
        "Silence of the client at the end: idle limits",
        "How long the client had sent nothing when its session ended, in the time shown. An "
        "orange bar is a narrow one around an idle limit that proxies are known for: if it stands "
        "out above its neighbours, such a proxy cuts quiet connections. Raise its limit or lower "
        "`heartbeat.interval`. Evictions lie at `heartbeat.timeout`, by default in 45–54 s. All "
        "routes.",
        query(
            "sum by (le) (increase(pulsegate_idle_at_close_seconds_bucket{of}[$__range]))",
            "{{le}}",
            instant=True,
            form="heatmap",
        ),
        overrides=marked("idle"),
        decimals=0,
        width=12,
        height=16,
    ),
    bars(
        "Age at the end: lifetime limits",
        "How old sessions were when they ended, in the time shown. An orange bar is a narrow one "
        "around a lifetime limit that proxies are known for: if it stands out, no ping will help; "
        "set `limits.session_age` below it so that sessions end in an orderly way. A limit of 30 "
        "s to 10 min here and in the silence as well is an idle limit. All routes.",
        query(
            "sum by (le) (increase(pulsegate_connection_duration_seconds_bucket{of}[$__range]))",
            "{{le}}",
            instant=True,
            form="heatmap",
        ),
        overrides=marked("life"),
        decimals=0,
        width=12,
        height=16,
    ),
    heatmap(
        "Silence at the end, over time",
        "When a band began: compare with changes of proxies at that time. A proxy's idle limit is "
        "a steady band, a failure a column.",
        "sum by (le) (increase(pulsegate_idle_at_close_seconds_bucket{of}[$__rate_interval]))",
        width=12,
    ),
    heatmap(
        "Age at the end, over time",
        "A column over all ages: many were cut at once, by a restart in front or of the gateway. A "
        "band: a lifetime limit.",
        "sum by (le) "
        "(increase(pulsegate_connection_duration_seconds_bucket{of}[$__rate_interval]))",
        width=12,
    ),
)

ROWS = [OVERVIEW, LIVENESS, ENDS]
