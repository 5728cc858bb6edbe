// Why connections ended: each close reason with its count, grouped by who ended the connection.

import { count, counted, share } from "./format.js";
import { element, setText, svg } from "./dom.js";

/** Who ends a connection, in the order of the page. */
export const ENDERS = { client: "The client's side", app: "The application", gateway: "The gateway" };

/** Label: [who, in words, what it means]. A test holds it to the gateway's own table. */
export const REASONS = {
    client_closed: ["client", "closed", "Sent a Close frame: a page was left, a program finished."],
    client_lost: ["client", "vanished",
        "The connection ended without Close: a crash, a lost network, or a proxy that cut it."],
    app_closed: ["app", "closed", "The application sent a Close frame first."],
    app_lost: ["app", "broke off",
        "The application's connection ended without Close; the client got 1014."],
    evicted: ["gateway", "evicted", "Nothing was heard of the client for heartbeat.timeout."],
    drained: ["gateway", "drained", "Asked to reconnect because the gateway shuts down."],
    age: ["gateway", "reached its age", "Asked to reconnect after limits.session_age."],
    admin: ["gateway", "closed by an operator", "Closed on this page or through the admin API."],
    app_timeout: ["gateway", "application silent",
        "Nothing was heard of the application for heartbeat.timeout."],
    slow_client: ["gateway", "client too slow",
        "The client took not one byte for limits.write_stall while data waited for it."],
    slow_app: ["gateway", "application too slow",
        "The application took not one byte for limits.write_stall while data waited for it."],
    rate_exceeded: ["gateway", "too many messages",
        "The client sent more than the rate of its route."],
    protocol_error: ["gateway", "client broke the protocol",
        "The client broke the framing rules of RFC 6455."],
    bad_utf8: ["gateway", "text not UTF-8", "The client sent a text message that is not UTF-8."],
    too_big: ["gateway", "message too big", "The client sent more than limits.message at once."],
    app_protocol_error: ["gateway", "application broke the protocol",
        "The application broke the framing rules of RFC 6455."],
    shutdown: ["gateway", "stopped at once", "The gateway was told to stop without draining."],
};

/** Of the connections that vanished, those that a proxy seems to have cut: one sentence. Pure. */
export function cutsText(cuts) {
    const hops = Object.entries(cuts).filter(([, times]) => times > 0).sort((a, b) => b[1] - a[1]);
    if (hops.length === 0) return "";
    const names = hops.map(([hop, times]) =>
        `${count(times)} by ${hop === "undeclared" ? "a proxy that is not declared" : hop}`);
    return ` Of these, it seems, were cut: ${names.join(", ")}.`;
}

/**
 * The reasons of `closed` ({label: count}) by who: [{who, total, happened: [{label, title, meaning,
 * count}]}], the most frequent first, and the labels that did not happen.
 */
export function grouped(closed) {
    const rows = Object.entries(closed).map(([label, times]) => {
        const [who, title, meaning] = REASONS[label] ?? ["gateway", label, ""];
        return { label, who, title, meaning, count: times };
    });
    const groups = Object.keys(ENDERS).map((who) => {
        const happened = rows
            .filter((row) => row.who === who && row.count > 0)
            .sort((a, b) => b.count - a.count);
        return { who, happened, total: happened.reduce((total, row) => total + row.count, 0) };
    });
    return { groups, never: rows.filter((row) => row.count === 0) };
}

function bar(row, most) {
    return svg("svg", { class: `bar bar-${row.who}`, "aria-hidden": "true" },
        svg("rect", { class: "bar-track", width: "100%", height: "100%", rx: "3" }),
        svg("rect", { class: "bar-value", width: `${(100 * row.count) / most}%`, height: "100%",
            rx: "3" }));
}

function item(row, all, most, cuts) {
    return element("li", { class: "reason" },
        element("div", { class: "reason-name" },
            element("strong", {}, row.title), " ", element("code", {}, row.label)),
        element("div", { class: "reason-count" },
            element("b", {}, count(row.count)), " ",
            element("span", { class: "muted" }, share(row.count, all))),
        bar(row, most),
        element("p", { class: "reason-meaning" },
            row.meaning + (row.label === "client_lost" ? cutsText(cuts) : "")));
}

export class Reasons {
    #list;
    #summary;
    #never;
    #shown = "";

    /** list, never: where groups and the names of absent reasons go; summary: one sentence. */
    constructor(list, summary, never) {
        this.#list = list;
        this.#summary = summary;
        this.#never = never;
    }

    show(status) {
        const cuts = status.cuts ?? {};
        const state = JSON.stringify([status.closed, cuts]);
        if (state === this.#shown) return;
        this.#shown = state;
        const { groups, never } = grouped(status.closed);
        const all = groups.reduce((total, group) => total + group.total, 0);
        const most = Math.max(1, ...groups.flatMap((g) => g.happened.map((row) => row.count)));
        setText(this.#summary, `${counted(all, "connection")} ended since the gateway started.`);
        this.#list.replaceChildren(...groups.map((group) =>
            element("section", { class: "reason-group", "aria-label": ENDERS[group.who] },
                element("h3", {}, `${ENDERS[group.who]} ended ${count(group.total)}`),
                group.total === 0
                    ? element("p", { class: "muted" }, "None.")
                    : element("ul", {}, ...group.happened.map((row) => item(row, all, most, cuts))))));
        this.#never.hidden = never.length === 0;
        setText(this.#never.querySelector("summary"),
            `${counted(never.length, "reason")} that did not occur`);
        this.#never.querySelector("dl").replaceChildren(...never.flatMap((row) => [
            element("dt", {}, element("code", {}, row.label)),
            element("dd", {}, row.meaning),
        ]));
    }
}
