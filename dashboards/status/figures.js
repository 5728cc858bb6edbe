// The key figures, and what needs attention.

import { byId, element, icon, setText } from "./dom.js";
import { bytes, count, rate, share } from "./format.js";
import { findingsOf } from "./attention.js";
import { happened } from "./tallies.js";

const RATE_SECONDS = 300;

const sum = (numbers) => Object.values(numbers).reduce((total, each) => total + each, 0);

/** Why handshakes were rejected, in short: `most: no_route (14)`. Pure. */
export function rejectionText(rejected) {
    const [first, ...others] = happened(rejected);
    if (!first) return "none since start";
    return `most: ${first[0]}` + (others.length > 0 ? ` (${count(first[1])})` : "");
}

function set(name, value, detail) {
    setText(byId(`${name}-value`), value);
    setText(byId(`${name}-detail`), detail);
}

function gauge(part, all) {
    const width = `${Math.min(100, (100 * part) / Math.max(all, 1))}%`;
    byId("limit-gauge").querySelector(".gauge-value").setAttribute("width", width);
}

export function showFigures(status, series) {
    const most = status.limits.connections;
    const opening = status.handshakes > 0 ? `, ${count(status.handshakes)} opening` : "";
    set("connections", count(status.connections),
        `${share(status.connections, most)} of ${count(most)}${opening}`);
    gauge(status.connections, most);

    const lately = series.total("evictions", status.time, RATE_SECONDS);
    set("evictions", count(series.total("evictions", status.time)),
        `${rate(lately, RATE_SECONDS)} lately, ${count(status.evictions)} since start`);

    set("pending", bytes(status.pending_bytes), "held back for slow peers");

    set("rejected", count(sum(status.rejected)), rejectionText(status.rejected));

    const pinged = status.pings.client;
    set("pongs", pinged === 0 ? "\u2013" : share(Math.min(status.pongs.client, pinged), pinged),
        `${count(pinged)} sent to clients`);
}

let shownFindings = null;

export function showFindings(status, series, alignment) {
    const findings = findingsOf(status, series, alignment);
    const state = JSON.stringify(findings);
    if (state === shownFindings) return;
    shownFindings = state;
    byId("findings").replaceChildren(...(findings.length === 0
        ? [element("li", { class: "finding finding-good" }, icon("good"),
            element("span", {}, "Nothing needs attention."))]
        : findings.map((finding) => element("li", { class: `finding finding-${finding.level}` },
            icon(finding.level),
            element("a", { href: `#${finding.section}` }, finding.text)))));
}
