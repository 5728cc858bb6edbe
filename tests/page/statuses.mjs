// Statuses and histories of a gateway, as the admin listener words them.

export function status(changes = {}) {
    return {
        time: 1000, started: 100, version: "0.1.0", state: "serving", drain_ends: null,
        workers: 2, workers_answered: 2, connections: 10, handshakes: 0, opened: 50, evictions: 3,
        limits: { connections: 100000 }, closed: { client_closed: 37, evicted: 3 },
        rejected: {}, app_errors: {}, routes: [], rtt: { bounds: [1], counts: [0, 0] },
        pings: { client: 0, app: 0 }, pongs: { client: 0, app: 0 }, pending_bytes: 0,
        cuts: {}, suspected_cuts: [], alignment: { errors: 0, warnings: 0 },
        reload: { successful: true, time: 100 }, ...changes,
    };
}

/** Points five seconds apart, the last at `end`; each with one eviction. */
export function history(end, points) {
    const all = (value) => Array.from({ length: points }, (_, i) => value(i));
    return {
        interval_seconds: 5,
        times: all((i) => end - 5 * (points - 1 - i)),
        connections: all(() => 10), opened: all(() => 2), closed: all(() => 2),
        evictions: all(() => 1), cuts: all(() => 0),
    };
}
