// The live connection to the gateway: reads /events, and comes back by itself when it breaks.
//
//   idle ──► connecting ──► live ──► waiting ──► connecting …
//              └─► locked: a token is needed; start() again once there is one
//
// stop() leads back to idle from everywhere, as when the tab is hidden.

import { EventStreamReader } from "./event_stream.js";

/** The gateway sends something each second; after so much silence the connection is given up. */
const SILENCE_MS = 6000;

/** How long to wait after so many failures in a row, in seconds: random, at least 1, at most 15. */
export function reconnectDelay(failures, random = Math.random) {
    const most = Math.min(15, 2 ** (failures + 1));
    return 1 + random() * (most - 1);
}

function pause(milliseconds, signal) {
    return new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        signal.addEventListener("abort", () => {
            clearTimeout(timer);
            resolve();
        });
    });
}

export class Feed {
    #gateway;
    #onEvent;
    #onState;
    #wait;
    #running = null; // aborts what runs; null while idle

    /**
     * onEvent(name, value): an event with its JSON.
     * onState(name, problem): connecting, live, waiting, locked, idle; the Refusal for waiting.
     * wait(milliseconds, signal): a promise; another one in tests.
     */
    constructor(gateway, onEvent, onState, wait = pause) {
        this.#gateway = gateway;
        this.#onEvent = onEvent;
        this.#onState = onState;
        this.#wait = wait;
    }

    /** Connects and stays connected. Anew, if it runs already. */
    start() {
        this.#running?.abort();
        this.#running = new AbortController();
        this.#run(this.#running.signal);
    }

    stop() {
        this.#running?.abort();
        this.#running = null;
        this.#onState("idle");
    }

    async #run(signal) {
        let failures = 0; // since the last connection that brought something
        while (!signal.aborted) {
            let isLive = false;
            let problem = null;
            this.#onState("connecting");
            try {
                await this.#read(signal, () => {
                    if (!isLive) this.#onState("live");
                    isLive = true;
                });
            } catch (refusal) {
                problem = refusal;
            }
            if (signal.aborted) return;
            if (problem?.status === 401) {
                this.#onState("locked", problem);
                return;
            }
            failures = isLive ? 0 : failures + 1;
            this.#onState("waiting", problem);
            await this.#wait(1000 * reconnectDelay(failures), signal);
        }
    }

    /** Reads one connection to its end. */
    async #read(signal, onSign) {
        const connection = new AbortController();
        const giveUp = () => connection.abort();
        signal.addEventListener("abort", giveUp);
        let watchdog = setTimeout(giveUp, SILENCE_MS);
        try {
            const answer = await this.#gateway.stream("/events", connection.signal);
            const reader = new EventStreamReader();
            const body = answer.body.pipeThrough(new TextDecoderStream()).getReader();
            for (let part = await body.read(); !part.done; part = await body.read()) {
                clearTimeout(watchdog);
                watchdog = setTimeout(giveUp, SILENCE_MS);
                for (const { event, data } of reader.push(part.value)) {
                    if (signal.aborted) return;
                    onSign();
                    this.#onEvent(event, JSON.parse(data));
                }
            }
        } finally {
            clearTimeout(watchdog);
            signal.removeEventListener("abort", giveUp);
            connection.abort();
        }
    }
}
