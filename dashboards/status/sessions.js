// The sessions table's search, order and paging, mapped to the query of /connections, and its
// refresh. One request at a time: an answer to an older question is dropped.

import { count, counted } from "./format.js";
import { element, setAttribute, setText } from "./dom.js";
import { SessionRows } from "./session_rows.js";

const REFRESH_MS = 3000;
const TYPING_MS = 300;
const PAGE = 50;
const PAGE_OF_PHONES = 10;
const PHONES = "(max-width: 42rem)";

/** `Showing 51 to 100 of 2,341 sessions`. Pure. */
export function rangeText(offset, shown, total) {
    if (total === 0) return "No session matches.";
    if (shown === total) return `${counted(total, "session")}.`;
    return `${count(offset + 1)} to ${count(offset + shown)} of ${counted(total, "session")}.`;
}

/** The offset to show when fewer sessions are left than were: that of the last page. Pure. */
export function validOffset(offset, total, page = PAGE) {
    return offset < total ? offset : Math.max(0, page * (Math.ceil(total / page) - 1));
}

/**
 * Whether a text may be a client's whole address; the gateway refuses half of one, and nobody wants
 * to be told so while still typing. Enter asks for any text. Pure.
 */
export function isWhole(client) {
    return client === "" || client === "unix" || /^\d+(\.\d+){3}$|:.*[\da-f:]$/i.test(client);
}

export class Sessions {
    #gateway;
    #root;
    #rows;
    #query = { sort: "age", order: "desc", client: "", route: "", state: "" };
    #offset = 0;
    #asked = 0; // counts requests
    #timer = null;
    #isActive = false;
    #page = PAGE;
    #fold;
    #routes = "";

    /** root: the section; onClose(session): the button of a row. */
    constructor(gateway, root, onClose) {
        this.#gateway = gateway;
        this.#root = root;
        this.#rows = new SessionRows(root.querySelector("tbody"), onClose);
        // On a phone a page of them is long, and they come last: whoever wants them opens them.
        this.#fold = root.querySelector("details");
        if (matchMedia(PHONES).matches) {
            this.#fold.open = false;
            this.#page = PAGE_OF_PHONES;
        }
        this.#fold.addEventListener("toggle", () => this.refresh());
        let typing = null;
        this.#control("client").addEventListener("input", (event) => {
            clearTimeout(typing);
            const client = event.target.value.trim();
            if (isWhole(client)) typing = setTimeout(() => this.#ask({ client }), TYPING_MS);
        });
        for (const name of ["client", "route", "state"]) {
            this.#control(name).addEventListener("change",
                (event) => this.#ask({ [name]: event.target.value.trim() }));
        }
        this.#control("sort").addEventListener("change", (event) => {
            const [sort, order] = event.target.value.split(" ");
            this.#ask({ sort, order });
        });
        for (const button of root.querySelectorAll("th button")) {
            button.addEventListener("click", () => this.#sortBy(button.dataset.sort));
        }
        root.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
        this.#control("previous").addEventListener("click", () => this.#turn(-this.#page));
        this.#control("next").addEventListener("click", () => this.#turn(this.#page));
        this.#control("refreshing").addEventListener("change", () => this.refresh());
    }

    /** Begins to refresh, or stops, as when nobody looks. */
    set active(value) {
        if (value === this.#isActive) return;
        this.#isActive = value;
        if (value) this.refresh();
        else clearTimeout(this.#timer);
    }

    /** The routes to choose from. */
    set routes(paths) {
        if (this.#routes === paths.join("\n")) return;
        this.#routes = paths.join("\n");
        const select = this.#control("route");
        const chosen = select.value;
        select.replaceChildren(element("option", { value: "" }, "all"),
            ...paths.map((path) => element("option", { value: path }, path)));
        select.value = paths.includes(chosen) ? chosen : "";
    }

    async refresh() {
        clearTimeout(this.#timer);
        if (!this.#isActive || !this.#fold.open) return;
        const asked = ++this.#asked;
        try {
            const given = Object.entries(this.#query).filter(([, value]) => value !== "");
            const answer = await this.#gateway.get("/connections",
                { ...Object.fromEntries(given), limit: this.#page, offset: this.#offset });
            if (asked !== this.#asked) return;
            const offset = validOffset(this.#offset, answer.total, this.#page);
            if (offset !== this.#offset) {
                this.#offset = offset;
                return void this.refresh();
            }
            this.#show(answer);
            this.#complain("");
        } catch (refusal) {
            if (asked !== this.#asked) return;
            if (refusal.status !== 401) this.#complain(refusal.text ?? String(refusal));
        }
        if (this.#isActive && this.#control("refreshing").checked) {
            this.#timer = setTimeout(() => this.refresh(), REFRESH_MS);
        }
    }

    #control(name) {
        return this.#root.querySelector(`[data-control="${name}"]`);
    }

    #ask(change) {
        const isNews = Object.entries(change).some(([name, value]) => this.#query[name] !== value);
        if (!isNews) return;
        Object.assign(this.#query, change);
        this.#offset = 0;
        const { sort, order } = this.#query;
        this.#control("sort").value = `${sort} ${order}`;
        for (const button of this.#root.querySelectorAll("th button")) {
            const isSorted = button.dataset.sort === sort;
            const direction = order === "asc" ? "ascending" : "descending";
            setAttribute(button.closest("th"), "aria-sort", isSorted ? direction : "none");
        }
        this.refresh();
    }

    #sortBy(sort) {
        const isSame = this.#query.sort === sort;
        this.#ask({ sort, order: isSame && this.#query.order === "desc" ? "asc" : "desc" });
    }

    #turn(by) {
        this.#offset = Math.max(0, this.#offset + by);
        this.refresh();
    }

    #show({ total, offset, connections }) {
        this.#rows.show(connections);
        setText(this.#control("range"), rangeText(offset, connections.length, total));
        this.#enable("previous", offset > 0);
        this.#enable("next", offset + connections.length < total);
    }

    /** A button that becomes useless while it has the focus keeps it. */
    #enable(name, isUseful) {
        setAttribute(this.#control(name), "aria-disabled", String(!isUseful));
    }

    #complain(text) {
        const place = this.#control("problem");
        setText(place, text);
        place.hidden = text === "";
    }
}
