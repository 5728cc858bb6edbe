// The rows of the sessions table. A row belongs to a session and is kept while that session is
// shown, so that focus, selection and scroll survive a refresh.

import { bytes, count, duration, latency } from "./format.js";
import { element, setText } from "./dom.js";

const COLUMNS = ["client", "path", "age", "idle", "rtt", "bytes", "state"];

/** What each cell says: a first line, and a smaller second one that may be empty. Pure. */
export function textsOf(session) {
    const all = session.client_bytes + session.app_bytes;
    const isClosing = session.state === "closing";
    const pending = session.pending_bytes > 0 ? `${bytes(session.pending_bytes)} pending` : "";
    return {
        client: [session.client, session.id],
        path: [session.path, session.user_agent],
        age: [duration(session.age_seconds), ""],
        idle: [duration(session.client_idle_seconds), ""],
        rtt: [session.rtt_seconds === null ? "not yet" : latency(session.rtt_seconds), ""],
        bytes: [bytes(all), `${count(session.client_messages + session.app_messages)} messages`],
        state: [isClosing ? `closing: ${session.closing_reason ?? "asked"}` : "open", pending],
    };
}

class Row {
    node = element("tr", { role: "row" });
    #cells = {};

    constructor(onClose) {
        for (const name of COLUMNS) {
            const first = element("span", { class: "first" });
            const second = element("span", { class: "second" });
            this.#cells[name] = [first, second];
            this.node.append(element(name === "client" ? "th" : "td", {
                class: `cell-${name}`,
                role: name === "client" ? "rowheader" : "cell",
                scope: name === "client" ? "row" : null,
            }, first, second));
        }
        this.button = element("button", { type: "button", class: "small",
            on: { click: () => onClose(this.session) } }, "Close");
        this.node.append(
            element("td", { class: "cell-action token-only", role: "cell" }, this.button));
    }

    show(session) {
        this.session = session;
        for (const [name, texts] of Object.entries(textsOf(session))) {
            texts.forEach((text, i) => setText(this.#cells[name][i], text));
        }
        for (const name of ["client", "path"]) {
            // Long values are cut off with an ellipsis; the whole is in the tooltip.
            this.#cells[name].forEach((node) => {
                if (node.title !== node.textContent) node.title = node.textContent;
            });
        }
        this.node.classList.toggle("is-closing", session.state === "closing");
        this.button.setAttribute("aria-label", `Close the session of ${session.client}, ` +
            `connection ${session.id}`);
        this.button.disabled = session.state === "closing";
    }
}

export class SessionRows {
    #body;
    #onClose;
    #rows = new Map(); // by connection id

    constructor(body, onClose) {
        this.#body = body;
        this.#onClose = onClose;
    }

    /** Shows these sessions in this order. */
    show(sessions) {
        const focused = this.#body.contains(document.activeElement) ? document.activeElement : null;
        const previous = this.#rows;
        this.#rows = new Map();
        for (const session of sessions) {
            const row = previous.get(session.id) ?? new Row(this.#onClose);
            row.show(session);
            this.#rows.set(session.id, row);
            previous.delete(session.id);
        }
        for (const gone of previous.values()) gone.node.remove();
        [...this.#rows.values()].forEach((row, i) => {
            const there = this.#body.children[i] ?? null;
            if (there !== row.node) this.#body.insertBefore(row.node, there);
        });
        if (focused && focused !== document.activeElement) this.#refocus(focused);
    }

    /** A row that moved lost the focus; one whose session ended hands it to the table. */
    #refocus(focused) {
        const target = focused.isConnected && !focused.disabled
            ? focused
            : this.#body.closest("[tabindex]");
        target?.focus({ preventScroll: true });
    }
}
