// The small tables: connections that did not become sessions, and why; and the routes.

import { byId, element, setText, svg } from "./dom.js";
import { count } from "./format.js";

/** Why a connection did not become a session. A test holds it to the gateway's own table. */
export const REJECTIONS = {
    malformed: "What came is no HTTP request, or one that breaks its rules.",
    bad_proxy_header: "The PROXY header is missing or broken: see proxy_protocol.",
    untrusted_peer: "Not one of trusted_proxies, where a PROXY header is required.",
    foreign_origin: "A page of a site that is not among the route's origins.",
    no_route: "No route has this path.",
    handshake_timeout: "The request took longer than limits.handshake.",
    upgrade_required: "A request that asks for no WebSocket: a scanner, or a person with a browser.",
    client_connection_limit: "This address has limits.connections_per_client already.",
    client_newcomer_limit: "This address had too many silent connections; the oldest made room.",
    client_rate: "This address connects more often than limits.handshake_rate_per_client.",
    headers_too_large: "More than limits.header_bytes or limits.headers.",
    app_unreachable: "The application could not be reached: see below.",
    app_not_websocket: "The application answered, but not with a WebSocket.",
    app_not_http: "The application answered a plain request, but not in HTTP that can be relayed.",
    connection_limit: "The gateway has limits.connections sessions already.",
    newcomer_limit: "Too many silent connections; the oldest made room.",
    handshake_rate: "More come than limits.handshake_rate.",
    no_descriptors: "The gateway has no file descriptor left: raise LimitNOFILE.",
    no_port: "This machine has no local port left towards the application.",
    draining: "The gateway drains.",
    app_timeout: "The application took longer than limits.handshake to answer.",
    app_refused: "The application's own answer, such as 401 or 404.",
    loop: "A request of the gateway itself: an upstream leads back to it.",
    tls_failed: "TLS failed: plain HTTP on this port, or nothing in common.",
    client_gone: "The client left before it had an answer.",
    not_relayed: "CONNECT, TRACE, or a change to another protocol than WebSocket.",
    body_timeout: "The client was silent in the middle of a plain request.",
    client_request_limit: "This address has limits.requests_per_client under way already.",
};

/** What went wrong with an application. Likewise. */
export const APP_ERRORS = {
    resolve: "Its name was not found.",
    connect: "It refused the connection, or nothing answered there.",
    no_port: "This machine has no local port left towards it.",
    tls: "Its certificate, or TLS itself, was not accepted.",
    timeout: "It took longer than limits.handshake.",
    bad_response: "Its answer was no WebSocket handshake.",
    refused: "Its own refusal, passed on to the client.",
};

/** What happened at all, of {label: count}, the most frequent first. Pure. */
export function happened(counts) {
    return Object.entries(counts)
        .filter(([, times]) => times > 0)
        .sort((a, b) => b[1] - a[1]);
}

function tally(list, counts, words) {
    const rows = happened(counts);
    const most = Math.max(1, ...rows.map(([, times]) => times));
    list.replaceChildren(...(rows.length === 0
        ? [element("li", { class: "muted" }, "None.")]
        : rows.map(([label, times]) => element("li", {},
            element("code", {}, label),
            svg("svg", { class: "bar", "aria-hidden": "true" },
                svg("rect", { class: "bar-value", width: `${(100 * times) / most}%`,
                    height: "100%", rx: "3" })),
            element("b", {}, count(times)),
            element("p", { class: "tally-words" }, words[label] ?? "")))));
}

const total = (counts) => Object.values(counts).reduce((sum, each) => sum + each, 0);

let shown = "";

export function showTallies(status) {
    const state = JSON.stringify([status.rejected, status.app_errors, status.routes]);
    if (state === shown) return;
    shown = state;
    const all = total(status.rejected);
    setText(byId("refusals-summary"), all === 0 ? "" : `${count(all)} since the gateway started`);
    tally(byId("refusals-list"), status.rejected, REJECTIONS);
    tally(byId("app-errors-list"), status.app_errors, APP_ERRORS);
    byId("routes-table").tBodies[0].replaceChildren(...status.routes.map((route) => {
        const { refused, ...failed } = route.app_errors; // a refusal is the application's right
        const figures = [route.connections, route.opened, route.evictions, total(route.rejected),
            total(failed)];
        return element("tr", {},
            element("th", { scope: "row" }, element("code", {}, route.path)),
            ...figures.map((figure) => element("td", {}, count(figure))));
    }));
}
