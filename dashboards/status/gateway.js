// The gateway's admin interface, as far as the page uses it; the same origin, and no other.
// The token is kept for this tab only and goes with it.

const STORED = "pulsegate-token";

/** What the gateway said instead of the answer; `status` is HTTP's, 0 where nobody answered. */
export class Refusal extends Error {
    constructor(status, message, help = "") {
        super(message);
        this.status = status;
        this.help = help;
    }

    /** As one or two sentences. */
    get text() {
        const sentence = this.message.charAt(0).toUpperCase() + this.message.slice(1);
        return [sentence, this.help].filter(Boolean).join(". ");
    }
}

export class Gateway {
    #token = "";

    constructor() {
        try {
            this.#token = sessionStorage.getItem(STORED) ?? "";
        } catch {
            // Storage may be forbidden: then the token lives as long as the page.
        }
    }

    get hasToken() {
        return this.#token !== "";
    }

    /** Takes a token, or with "" forgets it. */
    set token(value) {
        this.#token = value;
        try {
            if (value === "") sessionStorage.removeItem(STORED);
            else sessionStorage.setItem(STORED, value);
        } catch {
            // As above.
        }
    }

    /** The JSON of an answer. Errors: Refusal. */
    async get(path, parameters = {}) {
        return (await this.#request("GET", path, parameters)).json();
    }

    /** A stream of events; the answer, whose body is unread. Errors: Refusal. */
    async stream(path, signal) {
        return this.#request("GET", path, {}, signal);
    }

    async drain() {
        return (await this.#request("POST", "/drain")).json();
    }

    async closeConnection(id) {
        return (await this.#request("DELETE", `/connections/${encodeURIComponent(id)}`)).json();
    }

    /**
     * Whether a token would be taken: asks to close a connection whose id none can have, so nothing
     * is changed. Errors: Refusal, with 401 for a wrong token and 403 where none is configured.
     */
    async tryToken(value) {
        const previous = this.#token;
        this.#token = value;
        try {
            await this.closeConnection("none");
        } catch (refusal) {
            this.#token = previous;
            if ([0, 401, 403].includes(refusal.status)) throw refusal;
        }
        this.token = value;
    }

    async #request(method, path, parameters = {}, signal = null) {
        const query = new URLSearchParams(parameters).toString();
        let answer;
        try {
            answer = await fetch(query ? `${path}?${query}` : path, {
                method,
                signal,
                headers: this.#token ? { Authorization: `Bearer ${this.#token}` } : {},
                cache: "no-store",
                credentials: "omit",
                redirect: "error",
            });
        } catch (problem) {
            if (problem.name === "AbortError") throw problem;
            throw new Refusal(0, "the gateway does not answer");
        }
        if (answer.ok) return answer;
        const said = await answer.json().catch(() => ({}));
        throw new Refusal(answer.status, said.error ?? `the gateway answered ${answer.status}`,
            said.help ?? "");
    }
}
