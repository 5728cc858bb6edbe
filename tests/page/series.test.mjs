// The last hour, put together from histories and statuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Series } from "../../dashboards/status/series.js";
import { history, status } from "./statuses.mjs";

test("statuses continue the history in its own interval", () => {
    const series = new Series();
    series.onHistory(history(998, 3));
    for (let second = 0; second <= 11; ++second) {
        series.onStatus(status({ time: 1000 + second, evictions: 3 + second }));
    }
    assert.deepEqual(series.points.map((point) => [point.time, point.evictions]),
        [[988, 1], [993, 1], [998, 1], [1005, 5], [1010, 5], [1011, 1]]);
    assert.equal(series.total("evictions", 1011), 14);
    assert.equal(series.total("evictions", 1011, 10), 11);
});

test("a restart makes no negative difference, keeps what was before and is remembered", () => {
    const series = new Series();
    series.onHistory(history(998, 3));
    series.onStatus(status({ time: 1000, opened: 50 }));
    series.onStatus(status({ time: 1005, opened: 57 }));
    series.onHistory({ ...history(1019, 1), opened: [0], evictions: [0] });
    for (const [time, opened] of [[1020, 1], [1025, 4]]) {
        series.onStatus(status({ time, started: 1015, opened, evictions: 0,
            closed: { client_closed: 0, evicted: 0 } }));
    }
    assert.deepEqual(series.starts, [100, 1015]);
    assert.deepEqual(series.points.map((point) => [point.time, point.opened]),
        [[988, 2], [993, 2], [998, 2], [1005, 7], [1019, 0], [1025, 3]]);
    for (const point of series.points) {
        for (const name of ["opened", "closed", "evictions"]) assert.ok(point[name] >= 0, name);
    }
});

test("a history that is read again counts nothing twice and loses nothing", () => {
    const series = new Series();
    series.onHistory({ ...history(1000, 1), evictions: [0] });
    for (let second = 0; second <= 9; ++second) {
        series.onStatus(status({ time: 1000 + second, evictions: 100 + second }));
    }
    assert.equal(series.total("evictions", 1009), 9);
    series.onHistory({ ...history(1005, 2), evictions: [0, 5] });
    series.onStatus(status({ time: 1010, evictions: 110 }));
    assert.equal(series.total("evictions", 1010), 10);
});

test("nothing is older than an hour", () => {
    const series = new Series();
    series.onHistory(history(4000, 720));
    series.onStatus(status({ time: 4003 }));
    assert.ok(series.points.every((point) => point.time > 403));
    assert.equal(series.points.length, 721); // with the interval that has not ended
});

test("minutes add up what their points have", () => {
    const series = new Series();
    series.onHistory(history(715, 12));
    assert.deepEqual(series.minutes.map((minute) => [minute.time, minute.evictions]), [[660, 12]]);
    series.onHistory(history(730, 12));
    assert.deepEqual(series.minutes.map((minute) => [minute.time, minute.evictions]),
        [[660, 12], [720, 3]]);
    assert.equal(series.minutes[0].connections, 10);
});

test("an empty history is no history", () => {
    const series = new Series();
    series.onHistory(history(1000, 0));
    assert.deepEqual(series.points, []);
    series.onStatus(status());
    assert.equal(series.points.length, 1);
});
