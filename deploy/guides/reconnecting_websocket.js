/**
 * A WebSocket that comes back after a Pulsegate ended it. An ES module without dependencies.
 *
 *     import { ReconnectingWebSocket } from "./reconnecting_websocket.js";
 *     const chat = new ReconnectingWebSocket("wss://chat.example.com/chat");
 *     chat.addEventListener("open", () => chat.send("what did I miss?"));
 *     chat.addEventListener("message", (event) => show(event.data));
 *     chat.addEventListener("end", (event) => tell(event.detail));
 *
 * Events: `open`, `message` and `close` of each connection; `waiting`, whose detail has the `delay`
 * in milliseconds and the `attempt`, when it will come back; `end`, whose detail has `code` and
 * `reason`, when it will not.
 */

export const defaults = {
    protocols: [],
    binaryType: "blob",
    firstDelay: 1_000, // milliseconds, as all of these: it comes back at a random time within this,
    longestDelay: 60_000, // or, attempt by attempt, within twice as much, up to this
    stableAfter: 10_000, // a connection that lived so long lets the next attempt be the first again
    connectTimeout: 20_000, // an attempt that takes longer has failed
    whileHidden: false, // whether a hidden page comes back, or waits until it is looked at
    comebackAfter, // what to do after a close code
};

// Attempts that are skipped where something behind or around the gateway is unwell.
const ATTEMPTS_SKIPPED = 2;

const COMEBACK = new Map([
    [1001, "at_once"], // a proxy or an app that goes away
    [1002, "with_backoff"], // frames were broken, by whatever stands between
    [1006, "with_backoff"], // no Close frame: nobody knows why
    [1011, "with_backoff"], // the app failed
    [1012, "at_once"], // a restart
    [1013, "with_backoff"], // "try again later"
    [1014, "with_backoff"], // the gateway lost the app
    [4001, "at_once"], // evicted: the client slept
]);

/**
 * What a client should do after this end: "no", "at_once" or "with_backoff". Codes that the gateway
 * does not use are the app's; only the app knows, so "no".
 */
export function comebackAfter(code, reason) {
    if (code === 1008 && reason === "message rate exceeded")
        return "with_backoff";
    return COMEBACK.get(code) ?? "no";
}

/** Full jitter: any time up to a limit that doubles. `attempt` counts from 0. */
export function delayBefore(attempt, { firstDelay, longestDelay }, random = Math.random) {
    return random() * Math.min(longestDelay, firstDelay * 2 ** attempt);
}

export class ReconnectingWebSocket extends EventTarget {
    #url;
    #options;
    #socket = null;
    #openedAt = null;
    #attempt = 0; // of the next delay
    #isWaiting = false;
    #dueAt = 0;
    #timer = null;
    #hasEnded = false;

    /** `url`: a string, or a function that returns one, for addresses with a fresh token. */
    constructor(url, options = {}) {
        super();
        this.#url = url;
        this.#options = { ...defaults, ...options };
        this.#connect();
        globalThis.addEventListener?.("online", this.#onOnline);
        globalThis.document?.addEventListener("visibilitychange", this.#onVisibility);
    }

    get isOpen() {
        return this.#openedAt !== null;
    }

    /** False if there is no connection now; nothing is kept for later. */
    send(data) {
        if (this.isOpen)
            this.#socket.send(data);
        return this.isOpen;
    }

    /** Ends it for good. */
    close(code = 1000, reason = "") {
        const socket = this.#socket;
        if (!this.#hasEnded) {
            this.#end({ code, reason });
            socket?.close(code, reason);
        }
    }

    /** Gives up the connection, and comes back: for an app that got no answer to a question. */
    reconnect() {
        const socket = this.#socket;
        if (!socket)
            return;
        this.#forget();
        socket.close(); // nobody waits for what comes of it
        this.#comeBack("at_once");
    }

    #connect() {
        this.#isWaiting = false;
        const url = typeof this.#url === "function" ? this.#url() : this.#url;
        const socket = new WebSocket(url, this.#options.protocols);
        this.#socket = socket;
        socket.binaryType = this.#options.binaryType;
        socket.onopen = () => {
            this.#stopTimer();
            this.#openedAt = Date.now();
            this.dispatchEvent(new Event("open"));
        };
        socket.onmessage = ({ data }) =>
            this.dispatchEvent(new MessageEvent("message", { data }));
        socket.onclose = ({ code, reason }) => this.#onClose(code, reason);
        this.#timer = setTimeout(() => this.#onTimeout(socket), this.#options.connectTimeout);
    }

    #onTimeout(socket) {
        this.#forget();
        socket.close();
        this.#comeBack("with_backoff");
    }

    #onClose(code, reason) {
        this.#forget();
        this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
        if (this.#hasEnded) // a listener of that event called close()
            return;
        const verdict = this.#options.comebackAfter(code, reason);
        if (verdict === "no")
            this.#end({ code, reason });
        else
            this.#comeBack(verdict);
    }

    #comeBack(verdict) {
        if (verdict === "with_backoff")
            this.#attempt = Math.max(this.#attempt, ATTEMPTS_SKIPPED);
        const delay = delayBefore(this.#attempt, this.#options);
        this.#isWaiting = true;
        this.#dueAt = Date.now() + delay;
        this.#arm();
        const detail = { delay, attempt: this.#attempt++ };
        this.dispatchEvent(new CustomEvent("waiting", { detail }));
    }

    /** One timer at most, none in a hidden page; offline, only as often as `longestDelay`. */
    #arm() {
        this.#stopTimer();
        if (globalThis.document?.hidden && !this.#options.whileHidden)
            return;
        const isOffline = globalThis.navigator?.onLine === false;
        const wait = isOffline ? this.#options.longestDelay : this.#dueAt - Date.now();
        this.#timer = setTimeout(() => this.#connect(), Math.max(0, wait));
    }

    #onVisibility = () => {
        if (this.#isWaiting)
            this.#arm();
    };

    /** Everybody in the same network comes back now: a new random time, of the first attempt. */
    #onOnline = () => {
        if (!this.#isWaiting)
            return;
        this.#attempt = 0;
        this.#comeBack("at_once");
    };

    #forget() {
        this.#stopTimer();
        if (this.isOpen && Date.now() - this.#openedAt >= this.#options.stableAfter)
            this.#attempt = 0;
        const socket = this.#socket;
        socket.onopen = socket.onmessage = socket.onclose = null;
        this.#socket = null;
        this.#openedAt = null;
    }

    #end(detail) {
        this.#hasEnded = true;
        if (this.#socket)
            this.#forget();
        this.#stopTimer();
        globalThis.removeEventListener?.("online", this.#onOnline);
        globalThis.document?.removeEventListener("visibilitychange", this.#onVisibility);
        this.dispatchEvent(new CustomEvent("end", { detail }));
    }

    #stopTimer() {
        clearTimeout(this.#timer);
        this.#timer = null;
    }
}
