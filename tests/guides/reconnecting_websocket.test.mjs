// When ReconnectingWebSocket comes back: its rules, on a clock of the test's own.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { ReconnectingWebSocket, comebackAfter, defaults, delayBefore } from "./module.mjs";
import { Page } from "./page.mjs";

const URL = "wss://chat.example.com/chat";
let page;

beforeEach(() => {
    page = new Page();
});

function open(options) {
    const chat = new ReconnectingWebSocket(URL, options);
    page.socket.opens();
    return chat;
}

function heard(chat, name) {
    const events = [];
    chat.addEventListener(name, (event) => events.push(event));
    return events;
}

/** Fails attempts until `count` delays were drawn; those delays. */
function delays(chat, count) {
    const waits = heard(chat, "waiting");
    while (waits.length < count) {
        page.socket.ends(1006);
        page.pass(waits.at(-1).detail.delay);
    }
    return waits.map((event) => event.detail.delay);
}

test("a delay is anything between nothing and a limit that doubles up to the longest", () => {
    const limits = [0, 1, 2, 5, 6, 40].map((attempt) => delayBefore(attempt, defaults, () => 1));
    assert.deepEqual(limits, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
    assert.equal(delayBefore(5, defaults, () => 0), 0);
    assert.equal(delayBefore(5, defaults, () => 0.25), 8_000);
});

test("delays of many clients are spread over all of their time", () => {
    const drawn = [];
    for (let client = 0; client < 4_000; ++client) // any figures that are no pattern
        drawn.push(delayBefore(2, defaults, () => (client * 0.6180339887) % 1));
    for (const quarter of [0, 1, 2, 3]) {
        const inside = drawn.filter((delay) => Math.floor(delay / 1_000) === quarter).length;
        assert.ok(Math.abs(inside - 1_000) < 10, `${inside} in quarter ${quarter}`);
    }
});

test("a restart brings a client back within the first delay", () => {
    open();
    page.willDraw(0.8);
    page.socket.ends(1012, "service restart");
    page.pass(799);
    assert.equal(page.sockets.length, 1);
    page.pass(1);
    assert.equal(page.sockets.length, 2);
    assert.equal(page.socket.url, URL);
});

test("where something is unwell, the first delay is a longer one", () => {
    open();
    page.willDraw(0.8);
    page.socket.ends(1014, "application connection lost");
    page.pass(3_199);
    assert.equal(page.sockets.length, 1);
    page.pass(1);
    assert.equal(page.sockets.length, 2);
});

test("attempts that fail come later and later, up to the longest delay", () => {
    assert.deepEqual(
        delays(new ReconnectingWebSocket(URL), 7),
        [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test("a connection that was stable lets the delays begin from the first again", () => {
    const chat = open();
    const waits = heard(chat, "waiting");
    const seconds = defaults.stableAfter;
    for (const lived of [seconds - 1, seconds - 1, seconds, seconds - 1]) {
        page.pass(lived);
        page.socket.ends(1012);
        page.pass(waits.at(-1).detail.delay);
        page.socket.opens();
    }
    assert.deepEqual(waits.map((event) => event.detail.attempt), [0, 1, 0, 1]);
});

test("it stays away after codes that ask for that, and says so once", () => {
    for (const code of [1000, 1005, 1007, 1008, 1009, 4000, 4403]) {
        page = new Page();
        const ends = heard(open(), "end");
        page.socket.ends(code, "because");
        page.pass(10 * defaults.longestDelay);
        page.goOnline();
        page.show();
        assert.equal(page.sockets.length, 1, `came back after ${code}`);
        assert.deepEqual(ends.map((event) => event.detail), [{ code, reason: "because" }]);
    }
});

test("the gateway's 1008 for a rate is no refusal", () => {
    assert.equal(comebackAfter(1008, "message rate exceeded"), "with_backoff");
    assert.equal(comebackAfter(1008, "policy"), "no");
});

test("an app may have codes of its own", () => {
    const own = (code, reason) => code === 4100 ? "at_once" : comebackAfter(code, reason);
    open({ comebackAfter: own });
    page.socket.ends(4100);
    page.pass(1_000);
    assert.equal(page.sockets.length, 2);
    page.socket.ends(4101);
    page.pass(defaults.longestDelay);
    assert.equal(page.sockets.length, 2);
});

test("a hidden page has no timer, and comes back when it is looked at", () => {
    open();
    page.show(false);
    page.socket.ends(1006);
    assert.equal(page.timers.size, 0);
    page.pass(3_600_000);
    assert.equal(page.sockets.length, 1);
    page.show();
    page.pass(0);
    assert.equal(page.sockets.length, 2);
});

test("a page that is hidden while it waits drops its timer, and comes back no sooner", () => {
    open();
    page.socket.ends(1014); // in two seconds
    page.show(false);
    assert.equal(page.timers.size, 0);
    page.pass(500);
    page.show();
    page.pass(1_499);
    assert.equal(page.sockets.length, 1);
    page.pass(1);
    assert.equal(page.sockets.length, 2);
});

test("a hidden page comes back by itself if it is told to", () => {
    open({ whileHidden: true });
    page.show(false);
    page.socket.ends(1012);
    page.pass(500);
    assert.equal(page.sockets.length, 2);
});

test("offline it hardly tries, and after that it begins again at a random time", () => {
    open();
    page.goOffline();
    page.socket.ends(1006);
    page.pass(defaults.longestDelay - 1);
    assert.equal(page.sockets.length, 1);
    page.willDraw(0.7);
    page.goOnline();
    page.pass(699);
    assert.equal(page.sockets.length, 1);
    page.pass(1);
    assert.equal(page.sockets.length, 2);
});

test("a browser that is wrong about being offline is not waited for for ever", () => {
    open();
    page.goOffline();
    page.socket.ends(1006);
    page.pass(defaults.longestDelay);
    assert.equal(page.sockets.length, 2);
});

test("an attempt that hangs has failed", () => {
    const chat = new ReconnectingWebSocket(URL);
    const waits = heard(chat, "waiting");
    page.pass(defaults.connectTimeout);
    assert.notEqual(page.socket.closedWith, null);
    assert.equal(waits.length, 1);
    page.sockets[0].ends(1006); // at last; nobody listens any more
    assert.equal(waits.length, 1);
    page.pass(4_000);
    assert.equal(page.sockets.length, 2);
});

test("there is never more than one timer, and none while a connection is open", () => {
    const chat = open();
    assert.equal(page.timers.size, 0);
    page.socket.ends(1006);
    for (let i = 0; i < 10; ++i) {
        page.goOnline();
        page.show();
        chat.reconnect();
        assert.equal(page.timers.size, 1);
    }
    page.pass(defaults.longestDelay);
    page.socket.opens();
    assert.equal(page.timers.size, 0);
    page.pass(24 * 3_600_000);
    assert.deepEqual(page.socket.sent, []); // no heartbeat of its own
});

test("what happens to the page means nothing to a connection that is there", () => {
    open();
    page.socket.ends(1012);
    page.pass(defaults.firstDelay);
    for (const isOpen of [false, true]) {
        const timers = page.timers.size;
        page.show(false);
        page.show();
        page.goOnline();
        assert.equal(page.timers.size, timers);
        if (!isOpen)
            page.socket.opens();
    }
    page.pass(24 * 3_600_000);
    assert.equal(page.sockets.length, 2);
});

test("close() is the end, at whatever moment", () => {
    for (const when of ["connecting", "open", "waiting"]) {
        page = new Page();
        const chat = new ReconnectingWebSocket(URL);
        if (when === "open")
            page.socket.opens();
        if (when === "waiting")
            page.socket.ends(1006);
        const ends = heard(chat, "end");
        chat.close(4000, "enough");
        chat.close();
        if (when !== "waiting")
            assert.deepEqual(page.socket.closedWith, { code: 4000, reason: "enough" });
        page.socket.ends(1012);
        page.goOnline();
        page.show();
        page.pass(10 * defaults.longestDelay);
        assert.equal(page.sockets.length, 1);
        assert.equal(page.timers.size, 0);
        assert.equal(ends.length, 1);
        assert.equal(chat.send("?"), false);
    }
});

test("a listener of close may end it", () => {
    const chat = open();
    chat.addEventListener("close", () => chat.close());
    page.socket.ends(1012);
    page.pass(defaults.longestDelay);
    assert.equal(page.sockets.length, 1);
});

test("messages pass, and nothing is kept for later", () => {
    const options = { protocols: ["chat.v2"], binaryType: "arraybuffer" };
    const chat = new ReconnectingWebSocket(URL, options);
    const messages = heard(chat, "message");
    assert.equal(chat.send("too early"), false);
    page.socket.opens();
    assert.equal(chat.send("hello"), true);
    page.socket.onmessage({ data: "hello yourself" });
    assert.deepEqual(page.socket.sent, ["hello"]);
    assert.deepEqual(page.socket.protocols, ["chat.v2"]);
    assert.equal(page.socket.binaryType, "arraybuffer");
    assert.deepEqual(messages.map((event) => event.data), ["hello yourself"]);
});

test("reconnect() gives up a connection, and only one", () => {
    const chat = open();
    const closes = heard(chat, "close");
    chat.reconnect();
    chat.reconnect();
    page.pass(1_000);
    assert.equal(page.sockets.length, 2);
    page.sockets[0].ends(1006);
    assert.equal(closes.length, 0);
    page.socket.opens();
    assert.equal(chat.isOpen, true);
});

test("an address may be made afresh for each attempt", () => {
    let tokens = 0;
    new ReconnectingWebSocket(() => `${URL}?token=${++tokens}`);
    page.socket.ends(1006);
    page.pass(2_000);
    const addresses = page.sockets.map((socket) => socket.url);
    assert.deepEqual(addresses, [`${URL}?token=1`, `${URL}?token=2`]);
});
