// A page that exists for a test alone: its clock, timers, network, visibility and WebSockets.
import { mock } from "node:test";

export class Page {
    now = 0;
    timers = new Map();
    sockets = [];
    document = Object.assign(new EventTarget(), { hidden: false });
    navigator = { onLine: true };
    #lastTimer = 0;
    #random = [];
    #events = new EventTarget(); // of the window

    constructor() {
        const page = this;
        const globals = {
            document: this.document,
            navigator: this.navigator,
            WebSocket: class extends FakeWebSocket {
                constructor(url, protocols) {
                    super(url, protocols);
                    page.sockets.push(this);
                }
            },
            setTimeout: (run, delay) => {
                this.timers.set(++this.#lastTimer, { run, at: this.now + delay });
                return this.#lastTimer;
            },
            clearTimeout: (timer) => this.timers.delete(timer),
            CustomEvent: globalThis.CustomEvent ?? OwnCustomEvent,
            addEventListener: (...what) => this.#events.addEventListener(...what),
            removeEventListener: (...what) => this.#events.removeEventListener(...what),
        };
        for (const [name, value] of Object.entries(globals))
            Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
        mock.restoreAll();
        mock.method(Date, "now", () => this.now);
        mock.method(Math, "random", () => this.#random.shift() ?? 0.5);
    }

    /** What Math.random() returns next. */
    willDraw(...values) {
        this.#random = values;
    }

    get socket() {
        return this.sockets.at(-1);
    }

    /** Lets time pass, and runs what is due, in its order. */
    pass(milliseconds) {
        const end = this.now + milliseconds;
        for (;;) {
            const [id, next] = [...this.timers].sort((a, b) => a[1].at - b[1].at)[0] ?? [];
            if (!next || next.at > end)
                break;
            this.timers.delete(id);
            this.now = next.at;
            next.run();
        }
        this.now = end;
    }

    show(isShown = true) {
        this.document.hidden = !isShown;
        this.document.dispatchEvent(new Event("visibilitychange"));
    }

    goOffline() {
        this.navigator.onLine = false;
    }

    goOnline() {
        this.navigator.onLine = true;
        this.#events.dispatchEvent(new Event("online"));
    }
}

/** For Node 18. */
class OwnCustomEvent extends Event {
    constructor(name, { detail }) {
        super(name);
        this.detail = detail;
    }
}

class FakeWebSocket {
    sent = [];
    closedWith = null;

    constructor(url, protocols) {
        this.url = url;
        this.protocols = protocols;
    }

    send(data) {
        this.sent.push(data);
    }

    close(code, reason) {
        this.closedWith = { code, reason };
    }

    opens() {
        this.onopen?.({});
    }

    ends(code, reason = "") {
        this.onclose?.({ code, reason });
    }
}
