"""The narrow buckets of pulsegate_idle_at_close_seconds and pulsegate_connection_duration_seconds,
and whose limit lies in each.

The bounds are those of gateway/metrics/counters.hpp, the limits those that `pulsegate hops` prints.
"""

from source.panels import ORANGE, override

# Upper bound: (what the bar is called, whose idle limit, whose lifetime)
SIGNATURES = {
    31: ("29–31 s", "Google's global load balancer", "Google's classic load balancer"),
    56: ("54–56 s", "Heroku", ""),
    61: ("59–61 s", "Nginx, AWS ALB, Apache, Varnish, Kong", ""),
    101: ("99–101 s", "Cloudflare", ""),
    127: ("124–127 s", "Cloudflare Tunnel", ""),
    241: ("239–241 s", "Azure's load balancer", "a reload of ingress-nginx"),
    301: ("299–301 s", "Envoy, Azure Front Door", ""),
    351: ("349–351 s", "AWS NLB", ""),
    601: ("599–601 s", "CloudFront, API Gateway, Nginx stream", ""),
    3601: ("1 h", "firewalls, routers", "firewalls"),
    7201: ("2 h", "firewalls, routers", "AWS API Gateway"),
    14401: ("4 h", "", "Azure Front Door"),
    86401: ("24 h", "", "Google's global load balancer"),
}

# The buckets between them: upper bound and what the bar is called.
OTHERS = {
    1: "up to 1 s",
    10: "1–10 s",
    29: "10–29 s",
    45: "31–45 s",
    54: "45–54 s",
    59: "56–59 s",
    99: "61–99 s",
    124: "101–124 s",
    239: "127–239 s",
    299: "241–299 s",
    349: "301–349 s",
    599: "351–599 s",
    1800: "10–30 min",
    3599: "30 min–1 h",
    7199: "1–2 h",
    14399: "2–4 h",
    86399: "4–24 h",
    "+Inf": "longer",
}


def by_bucket(bound):
    """Finds the series of a bucket by its legend; Prometheus 3 writes whole bounds as `31.0`."""
    return "/^\\+Inf$/" if bound == "+Inf" else f"/^{bound}(\\.0)?$/"


def marked(limit):
    """Overrides that name each bar, and mark those where a hop's limit lies.

    limit: `idle` or `life`, the kind that the histogram can show."""
    made = [
        override("byRegexp", by_bucket(bound), displayName=name) for bound, name in OTHERS.items()
    ]
    for bound, (name, idle, life) in SIGNATURES.items():
        whose = idle if limit == "idle" else life
        marks = {"color": {"mode": "fixed", "fixedColor": ORANGE}} if whose else {}
        text = f"{name}: {whose}" if whose else name
        made.append(override("byRegexp", by_bucket(bound), displayName=text, **marks))
    return made
