// The live connection: what it does when the gateway goes, stays silent or wants a token.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed, reconnectDelay } from "../../dashboards/status/feed.js";

/** A gateway whose n-th stream is the n-th script: a text to send, or an error to refuse with. */
class ScriptedGateway {
    constructor(scripts) {
        this.scripts = scripts;
    }

    async stream() {
        const script = this.scripts.shift();
        if (script instanceof Error) throw script;
        return { body: new Blob([script]).stream() };
    }
}

/** Runs a feed until its scripts are used up; what it said, and how long it wanted to wait. */
function run(scripts) {
    return new Promise((resolve) => {
        const said = [];
        const waits = [];
        const feed = new Feed(new ScriptedGateway(scripts),
            (name, value) => said.push([name, value]),
            (state, problem) => {
                said.push(problem?.message ? `${state}: ${problem.message}` : state);
                if (state === "locked") resolve({ said, waits });
            },
            async (milliseconds) => {
                waits.push(milliseconds);
                if (scripts.length > 0) return;
                feed.stop();
                resolve({ said, waits });
            });
        feed.start();
    });
}

const refusal = (status, message) => Object.assign(new Error(message), { status });

test("the waits grow from 1 to 15 seconds and are random", () => {
    assert.equal(reconnectDelay(0, () => 0), 1);
    assert.equal(reconnectDelay(0, () => 1), 2);
    assert.equal(reconnectDelay(2, () => 1), 8);
    assert.equal(reconnectDelay(50, () => 1), 15);
    assert.equal(reconnectDelay(50, () => 0), 1);
});

test("a stream that ends is opened again", async () => {
    const { said } = await run(["event: status\ndata: 1\n\n", "event: status\ndata: 2\n\n"]);
    assert.deepEqual(said, ["connecting", "live", ["status", 1], "waiting",
        "connecting", "live", ["status", 2], "waiting", "idle"]);
});

test("a gateway that is away is asked again, more and more seldom", async () => {
    const away = Array.from({ length: 200 }, () => refusal(0, "away"));
    const { said, waits } = await run(away);
    assert.deepEqual(said.slice(0, 4), ["connecting", "waiting: away", "connecting",
        "waiting: away"]);
    assert.ok(waits.every((wait) => wait >= 1000 && wait <= 15000));
    assert.ok(waits[0] <= 4000, `first wait ${waits[0]}`);
    assert.ok(Math.max(...waits) > 8000);
});

test("waits are short again after a connection that brought something", async () => {
    const away = Array.from({ length: 6 }, () => refusal(0, "away"));
    const { waits } = await run([...away, "event: status\ndata: 1\n\n"]);
    assert.ok(waits.at(-1) <= 2000);
});

test("a token that is needed is not asked for again and again", async () => {
    const { said } = await run([refusal(401, "token"), "event: status\ndata: 1\n\n"]);
    assert.deepEqual(said, ["connecting", "locked: token"]);
});
