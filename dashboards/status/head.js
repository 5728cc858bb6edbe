// The head of the page: is the gateway serving, and are these figures fresh? What changes state is
// announced to screen readers, once; what counts seconds is not.

import { byId, icon, setAttribute, setText } from "./dom.js";
import { clock, counted, duration } from "./format.js";

/**
 * How the connection to the gateway is and how old the data are, in words. `time` is that of the
 * data and `age` how many seconds ago they came; both null without data. Pure.
 */
export function linkText(link, time, age) {
    const data = age === null ? "" : `, data ${duration(age)} old`;
    switch (link) {
    case "live":
        return age !== null && age < 3 ? `Live, as of ${clock(time, true)}` : `Live${data}`;
    case "waiting": return `Reconnecting${data}`;
    case "locked": return `Token needed${data}`;
    case "idle": return `Paused${data}`;
    default: return age === null ? "Connecting" : `Reconnecting${data}`;
    }
}

/** Draining or not, in words, as far as that is known; `now` is the gateway's time. Pure. */
export function stateText(status, now, isFresh = true) {
    if (!isFresh) return `Was ${status.state}`;
    if (status.state !== "draining") return "Serving";
    const left = (status.drain_ends ?? now) - now;
    return left > 0 ? `Draining, ${duration(Math.ceil(left))} left` : "Draining, time is up";
}

/** What the tab is called, by the icon of the state. */
const TITLES = { good: "Serving", drain: "Draining", note: "No news" };

export class Head {
    #status = null;
    #arrived = 0; // when, by performance.now()
    #link = "connecting";
    #said = "";

    constructor() {
        setText(byId("host"), location.host);
        setInterval(() => this.tick(), 1000);
    }

    set link(state) {
        // Trying again is no news: it would be announced at every attempt.
        if (state === "connecting" && this.#link === "waiting") return;
        this.#link = state;
        this.tick();
        if (state === "waiting") this.#announce("The connection to the gateway is lost.");
        if (state === "live") this.#announce("Connected to the gateway.");
    }

    show(status) {
        const previous = this.#status;
        this.#status = status;
        this.#arrived = performance.now();
        if (previous && previous.started !== status.started) {
            this.#announce(`The gateway was restarted at ${clock(status.started)}.`);
        } else if (previous && previous.state !== status.state) {
            this.#announce(`The gateway is ${status.state}.`);
        }
        setText(byId("version"), status.version);
        setText(byId("workers"), status.workers_answered === status.workers
            ? counted(status.workers, "worker")
            : `${status.workers_answered} of ${counted(status.workers, "worker")} answering`);
        this.tick();
    }

    /** Shows how time goes by. */
    tick() {
        const age = this.#status && (performance.now() - this.#arrived) / 1000;
        const isFresh = this.#link === "live" && age !== null && age < 5;
        setText(byId("link-text"), linkText(this.#link, this.#status?.time ?? null, age));
        setAttribute(byId("link"), "data-state", isFresh ? "live" : "stale");
        document.documentElement.classList.toggle("is-stale", !isFresh && age !== null);
        if (!this.#status) return;
        const now = this.#status.time + (isFresh ? age : 0);
        const kind = !isFresh ? "note" : this.#status.state === "draining" ? "drain" : "good";
        if (byId("state").dataset.kind !== kind) {
            byId("state").dataset.kind = kind;
            byId("state-icon").replaceChildren(icon(kind));
        }
        setText(byId("state-text"), stateText(this.#status, now, isFresh));
        setText(byId("uptime"), `up ${duration(now - this.#status.started)}`);
        const title = `${TITLES[kind]} – Pulsegate`;
        if (document.title !== title) document.title = title;
    }

    #announce(text) {
        if (text === this.#said) return;
        this.#said = text;
        setText(byId("announcement"), text);
    }
}
