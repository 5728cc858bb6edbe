// The alignment of each route as a picture: one quiet client's time, the pings and the eviction on
// it, and below it how long each hop waits. Every lane says its verdict in words as well.

import { timeStep } from "./axis.js";
import { counted, limit, margin } from "./format.js";
import { element, icon, svg } from "./dom.js";

/** Limits up to so many times what else is shown are drawn to their end. */
const NEAR = 4;

/**
 * How many seconds the picture spans: the eviction and all idle limits of its size; a limit that is
 * much longer leaves the picture at its right edge. Pure.
 */
export function spanOf(timeline) {
    const core = Math.max(timeline.eviction_seconds, timeline.silence_seconds);
    const near = timeline.hops
        .flatMap((hop) => [hop.limit_seconds, needOf(hop)])
        .filter((seconds) => seconds <= NEAR * core);
    return 1.08 * Math.max(core, ...near);
}

/** Less than this to spare is tight, as the rules of `pulsegate check` have it, in seconds. */
const TIGHT = 10;

/** What a hop does to a quiet connection: [kind, in words]. Pure. */
export function verdictOf({ margin_seconds: left }) {
    if (left === null || left === undefined) return ["plain", ""];
    if (left <= 0) return ["bad", `misaligned, margin ${margin(left)}`];
    if (left < TIGHT) return ["warn", `tight, margin ${margin(left)}`];
    return ["good", `margin ${margin(left)}`];
}

/** How long a healthy connection may be quiet for this hop at worst: what its margin is left of. */
function needOf(hop) {
    return hop.limit_seconds - hop.margin_seconds;
}

const DIRECTIONS = {
    any: "bytes in either direction reset it",
    to_client: "only bytes towards the client reset it",
    to_gateway: "only bytes from the client reset it",
};

function describeHop(hop) {
    const after = limit(hop.limit_seconds);
    if (hop.kind === "life") return `ends every connection after ${after}`;
    if (hop.kind === "HTTP total") return `ends every HTTP request after ${after}`;
    if (hop.kind === "HTTP first byte") return `ends HTTP requests without an answer after ${after}`;
    if (hop.kind === "HTTP silence") return `cuts event streams after ${after} without a byte`;
    const rest = DIRECTIONS[hop.direction];
    return `cuts after ${after} idle${rest ? `; ${rest}` : ""}`;
}

function diamond(x, kind) {
    return svg("svg", { x, y: "50%", overflow: "visible" },
        svg("path", { class: kind, d: "M0,-8 L8,0 L0,8 L-8,0 Z" }));
}

function cross(x) {
    return svg("svg", { x, y: "50%", overflow: "visible" },
        svg("path", { class: "cut-ground", d: "M-6,-6 L6,6 M6,-6 L-6,6" }),
        svg("path", { class: "cut", d: "M-6,-6 L6,6 M6,-6 L-6,6" }));
}

function picture(...children) {
    return svg("svg", { class: "lane-picture", "aria-hidden": "true" }, ...children);
}

function lane(name, drawing, words, kind = "plain") {
    return element("li", { class: `lane lane-${kind}` },
        element("div", { class: "lane-name" }, name), drawing,
        element("div", { class: "lane-words" }, ...words));
}

/** Pings from 0 on; a client that answers is silent for `silence` at most. */
function quietLane(timeline, percent) {
    const pings = [];
    for (let at = timeline.interval_seconds; percent(at) < 100; at += timeline.interval_seconds) {
        pings.push(svg("circle", { class: "ping", cx: `${percent(at)}%`, cy: "50%", r: "4.5" }));
    }
    return lane("a quiet client",
        picture(
            svg("line", { class: "thread", x1: "0", x2: "100%", y1: "50%", y2: "50%" }),
            svg("rect", { class: "silence", y: "35%", height: "30%",
                width: `${percent(timeline.silence_seconds)}%` }),
            ...pings),
        [`pinged every ${limit(timeline.interval_seconds)}, silent for `,
            `${limit(timeline.silence_seconds)} at most`]);
}

function hopLane(hop, percent) {
    const [kind, verdict] = verdictOf(hop);
    const end = percent(hop.limit_seconds);
    const isInside = end < 100;
    const isOfSilence = hop.kind === "idle" || hop.kind === "HTTP silence";
    const need = isOfSilence && kind !== "plain" ? percent(needOf(hop)) : null;
    const drawing = picture(
        svg("rect", { class: "waits", y: "22%", height: "56%", width: `${end}%`, rx: "2" }),
        need !== null && end < need
            ? svg("rect", { class: "missing", x: `${end}%`, y: "22%", height: "56%",
                width: `${need - end}%` })
            : null,
        need !== null
            ? svg("line", { class: "need", x1: `${need}%`, x2: `${need}%`, y1: "5%", y2: "95%" })
            : null,
        isInside
            ? cross(`${end}%`)
            : svg("svg", { x: "100%", y: "50%", overflow: "visible" },
                svg("path", { class: "beyond", d: "M-12,-5 L-4,0 L-12,5" })));
    return lane(hop.name, drawing, [
        verdict ? element("strong", { class: `verdict verdict-${kind}` }, icon(kind), verdict) : "",
        element("span", { class: "lane-detail" }, describeHop(hop),
            hop.from ? element("span", { class: "lane-from" }, ` (${hop.from})`) : ""),
    ], kind);
}

function evictionLane(timeline, percent) {
    const x = `${percent(timeline.eviction_seconds)}%`;
    return lane("a client that vanished",
        picture(
            svg("line", { class: "thread is-silent", x1: "0", x2: x, y1: "50%", y2: "50%" }),
            diamond(x, "eviction")),
        [`evicted within ${limit(timeline.eviction_seconds)}: `,
            `silent for ${limit(timeline.timeout_seconds)}, then closed`]);
}

function axis(span, percent) {
    const step = timeStep(span, 6);
    const marks = [];
    for (let at = 0; at <= span; at += step) {
        const x = `${percent(at)}%`;
        const anchor = at === 0 ? "start" : percent(at) > 94 ? "end" : "middle";
        marks.push(
            svg("line", { class: "axis", x1: x, x2: x, y1: "75%", y2: "100%" }),
            svg("text", { class: "tick", x, y: "50%", "text-anchor": anchor }, limit(at)));
    }
    return element("li", { class: "lane lane-axis", "aria-hidden": "true" },
        element("div", { class: "lane-name" }), picture(...marks),
        element("div", { class: "lane-words" }));
}

/** A route is what the worst of its hops is. Pure. */
export function routeVerdict(hops) {
    const kinds = hops.map((hop) => verdictOf(hop)[0]);
    const bad = kinds.filter((kind) => kind === "bad").length;
    if (bad > 0) return ["bad", `${counted(bad, "limit")} misaligned`];
    if (kinds.includes("warn")) return ["warn", "aligned, but tight"];
    return ["good", "aligned"];
}

/** The picture of one route. */
export function timelineOf(timeline) {
    const span = spanOf(timeline);
    const percent = (seconds) => Math.min(100, (100 * seconds) / span);
    const [kind, verdict] = routeVerdict(timeline.hops);
    return element("section", { class: "timeline" },
        element("h3", {}, "Route ", element("code", {}, timeline.route),
            element("strong", { class: `verdict verdict-${kind}` }, icon(kind), verdict)),
        element("ol", { class: "lanes" },
            axis(span, percent),
            quietLane(timeline, percent),
            ...timeline.hops.map((hop) => hopLane(hop, percent)),
            evictionLane(timeline, percent)));
}
