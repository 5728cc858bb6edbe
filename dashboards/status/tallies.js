// The small tables: handshakes that did not become sessions, and why; and the routes.

import { byId, element, setText, svg } from "./dom.js";
import { count, counted } from "./format.js";

/** What happened at all, of {label: count}, the most frequent first. Pure. */
export function happened(counts) {
    return Object.entries(counts)
        .filter(([, times]) => times > 0)
        .sort((a, b) => b[1] - a[1]);
}

function tally(list, counts) {
    const rows = happened(counts);
    const most = Math.max(1, ...rows.map(([, times]) => times));
    list.replaceChildren(...(rows.length === 0
        ? [element("li", { class: "muted" }, "None.")]
        : rows.map(([label, times]) => element("li", {},
            element("code", {}, label),
            svg("svg", { class: "bar", "aria-hidden": "true" },
                svg("rect", { class: "bar-value", width: `${(100 * times) / most}%`,
                    height: "100%", rx: "3" })),
            element("b", {}, count(times))))));
}

let shown = "";

export function showTallies(status) {
    const state = JSON.stringify([status.rejected, status.app_errors, status.routes]);
    if (state === shown) return;
    shown = state;
    const all = Object.values(status.rejected).reduce((total, each) => total + each, 0);
    setText(byId("refusals-summary"), `${counted(all, "handshake")} since start`);
    tally(byId("refusals-list"), status.rejected);
    tally(byId("app-errors-list"), status.app_errors);
    byId("routes-table").tBodies[0].replaceChildren(...status.routes.map((route) =>
        element("tr", {}, element("th", { scope: "row" }, element("code", {}, route.path)),
            ...[route.connections, route.opened, route.evictions].map((figure) =>
                element("td", {}, count(figure))))));
}
