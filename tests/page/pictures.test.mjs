// Round trips, timelines, plots and sessions: what they say, apart from the drawing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { beginning, pieces } from "../../dashboards/status/plot.js";
import { CONNECTIONS, EVICTIONS } from "../../dashboards/status/plot_kinds.js";
import { bucketOf, rangeOf, shownBuckets } from "../../dashboards/status/rtt.js";
import { isWhole, rangeText, validOffset } from "../../dashboards/status/sessions.js";
import { textsOf } from "../../dashboards/status/session_rows.js";
import { routeVerdict, spanOf, verdictOf } from "../../dashboards/status/timeline.js";

const plain = (text) => text.replaceAll("\u202f", " ");
const BOUNDS = [0.001, 0.0025, 0.005];

test("a quantile is the bucket that holds it, and no value is made up", () => {
    assert.equal(bucketOf(0.5, [0, 0, 0, 0]), null);
    assert.equal(bucketOf(0.5, [1, 0, 0, 0]), 0);
    assert.equal(bucketOf(0.5, [5, 5, 0, 0]), 0);
    assert.equal(bucketOf(0.5, [5, 6, 0, 0]), 1);
    assert.equal(bucketOf(0.99, [98, 0, 1, 1]), 2);
    assert.equal(bucketOf(0.99, [0, 0, 0, 7]), 3);
});

test("the outer buckets are open ranges", () => {
    assert.deepEqual([0, 1, 2, 3].map((i) => plain(rangeOf(BOUNDS, i))),
        ["at most 1 ms", "1 ms to 2.5 ms", "2.5 ms to 5 ms", "over 5 ms"]);
});

test("the histogram shows the buckets with values and their neighbours", () => {
    assert.deepEqual(shownBuckets([0, 0, 3, 0, 1, 0, 0]), [1, 5]);
    assert.deepEqual(shownBuckets([3, 0]), [0, 1]);
});

const hop = (limit, margin, kind = "idle") =>
    ({ name: "hop", kind, direction: "any", limit_seconds: limit, margin_seconds: margin });
const timeline = (...hops) =>
    ({ interval_seconds: 25, timeout_seconds: 45, silence_seconds: 25.1, eviction_seconds: 45.35,
        hops });

test("a limit that cuts healthy connections is called misaligned", () => {
    assert.equal(plain(verdictOf(hop(20, -10.1))[1]), "misaligned, margin \u221210.1 s");
    assert.equal(verdictOf(hop(30.1, 0))[0], "bad");
    assert.equal(verdictOf(hop(39, 8.9))[0], "warn");
    assert.equal(verdictOf(hop(60, 29.9))[0], "good");
    assert.equal(verdictOf(hop(14400, null, "life"))[0], "plain");
});

test("a route is as good as the worst of its hops", () => {
    assert.equal(routeVerdict([])[0], "good");
    assert.equal(routeVerdict([hop(60, 29.9), hop(35, 4.9)])[0], "warn");
    assert.deepEqual(routeVerdict([hop(35, 4.9), hop(20, -10.1)]), ["bad", "1 limit misaligned"]);
});

test("the picture spans the eviction and the limits near it, and no lifetime of hours", () => {
    assert.ok(spanOf(timeline()) > 45.35 && spanOf(timeline()) < 60);
    assert.ok(spanOf(timeline(hop(100, 69.9), hop(14400, null, "life"))) > 100);
    assert.ok(spanOf(timeline(hop(100, 69.9), hop(14400, null, "life"))) < 120);
});

test("a line is interrupted where the gateway was away", () => {
    const times = (of) => of.map((piece) => piece.map((point) => point.time));
    const points = [0, 5, 10, 60, 65].map((time) => ({ time }));
    assert.deepEqual(times(pieces(points, 15)), [[0, 5, 10], [60, 65]]);
    assert.deepEqual(pieces([], 15), []);
});

test("a plot of a young gateway shows ten minutes, that of an old one an hour", () => {
    assert.equal(beginning([], 10000), 9400);
    assert.equal(beginning([{ time: 9900 }], 10000), 9400);
    assert.equal(beginning([{ time: 8000 }], 10000), 8000);
    assert.equal(beginning([{ time: 100 }], 10000), 6400);
});

test("a plot is summed up in words", () => {
    const points = [3, 7, 5].map((connections) => ({ connections }));
    assert.equal(CONNECTIONS.summarize([]), "");
    assert.equal(CONNECTIONS.summarize(points), "between 3 and 7");
    assert.equal(CONNECTIONS.summarize(points.slice(1, 2)), "7 all the time");
    const minute = { time: 3600, evictions: 2, cuts: 1 };
    assert.equal(EVICTIONS.summarize([]), "none");
    assert.equal(EVICTIONS.summarize([{ ...minute, evictions: 0 }, minute]), "at most 2, at 01:00");
    assert.equal(EVICTIONS.describe(minute), "01:00 to 01:01: 2 evictions, 1 suspected cut");
});

test("the sessions shown are counted, and a page that no longer exists is left", () => {
    assert.equal(rangeText(0, 0, 0), "No session matches.");
    assert.equal(rangeText(0, 1, 1), "1 session.");
    assert.equal(rangeText(50, 50, 2341), "51 to 100 of 2,341 sessions.");
    assert.equal(validOffset(50, 51), 50);
    assert.equal(validOffset(50, 50), 0);
    assert.equal(validOffset(2000, 120), 100);
    assert.equal(validOffset(50, 0), 0);
});

test("half an address is not searched for before Enter", () => {
    for (const whole of ["", "unix", "203.0.113.7", "2001:db8::7", "::1", "::ffff:1.2.3.4"]) {
        assert.ok(isWhole(whole), whole);
    }
    for (const half of ["2", "203.0.113", "203.0.113.", "2001", "un"]) {
        assert.ok(!isWhole(half), half);
    }
});

test("a session says what it has, and no more", () => {
    const texts = textsOf({
        id: "8ef248c0d7a1cb37", client: "203.0.113.7", path: "/<b>", user_agent: "", state: "open",
        age_seconds: 61, client_idle_seconds: 2, rtt_seconds: null, client_messages: 1,
        client_bytes: 10, app_messages: 2, app_bytes: 20, pending_bytes: 0, closing_reason: null,
    });
    assert.deepEqual(Object.values(texts).flat().map(plain), ["203.0.113.7", "8ef248c0d7a1cb37",
        "/<b>", "", "1 min 1 s", "", "2 s", "", "not yet", "", "30 B", "3 messages", "open", ""]);
});
