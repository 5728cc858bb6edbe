// The alignment section: each route's picture, and the diagnostics as `pulsegate check` words them.

import { counted } from "./format.js";
import { element, icon, setText } from "./dom.js";
import { timelineOf } from "./timeline.js";

const KINDS = { error: "bad", warning: "warn", note: "note" };

function place(label) {
    return element("li", {},
        element("code", {}, `${label.file}:${label.line}:${label.column}`),
        label.text ? ` ${label.text}` : "");
}

function diagnosticOf(diagnostic) {
    const kind = KINDS[diagnostic.severity] ?? "note";
    return element("li", { class: `diagnostic diagnostic-${kind}` },
        element("p", { class: "diagnostic-head" }, icon(kind),
            element("strong", {}, `${diagnostic.severity} `,
                element("code", {}, diagnostic.code), ": "),
            diagnostic.message),
        element("ul", { class: "places" },
            ...[diagnostic.primary, ...(diagnostic.others ?? [])].filter(Boolean).map(place)),
        diagnostic.help
            ? element("p", { class: "help" }, element("strong", {}, "help: "), diagnostic.help)
            : null);
}

/** The same limits of the same routes, once: routes that share a heartbeat share a picture. */
function distinct(timelines) {
    const seen = new Map();
    for (const each of timelines) {
        const key = JSON.stringify({ ...each, route: "" });
        const same = seen.get(key);
        if (same) same.route += `, ${each.route}`;
        else seen.set(key, { ...each });
    }
    return [...seen.values()];
}

export class Alignment {
    #pictures;
    #diagnostics;
    #summary;
    #shown = "";
    /** The last answer of /alignment; null before the first. */
    latest = null;

    constructor(pictures, diagnostics, summary) {
        this.#pictures = pictures;
        this.#diagnostics = diagnostics;
        this.#summary = summary;
    }

    show(alignment) {
        this.latest = alignment;
        const state = JSON.stringify(alignment);
        if (state === this.#shown) return;
        this.#shown = state;
        const hops = alignment.hops.length;
        const bad = alignment.margins.filter((each) => each.seconds < 0).length;
        setText(this.#summary, hops === 0
            ? "No proxies are declared, so nothing can be said about their limits. " +
              "Name them under `proxies` in the configuration."
            : `${counted(hops, "hop")} in front of the gateway, outermost first. ` +
              (bad > 0 ? "A healthy quiet connection will be cut." :
                  "No limit is shorter than a healthy client's silence."));
        this.#pictures.replaceChildren(...distinct(alignment.timelines).map(timelineOf));
        this.#diagnostics.replaceChildren(...alignment.diagnostics.map(diagnosticOf));
        this.#diagnostics.hidden = alignment.diagnostics.length === 0;
    }
}
