// Figures with their units.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../../dashboards/status/format.js";

/** With plain spaces, which are easier to write. */
const plain = (text) => text.replaceAll("\u202f", " ");

function check(of, rows) {
    for (const [given, expected] of rows) assert.equal(plain(of(given)), expected, String(given));
}

test("counts have separators, and their nouns follow them", () => {
    check(format.count, [[0, "0"], [999, "999"], [12345, "12,345"], [1234567, "1,234,567"]]);
    assert.equal(format.counted(1, "eviction"), "1 eviction");
    assert.equal(format.counted(0, "eviction"), "0 evictions");
    assert.equal(format.counted(2, "address", "addresses"), "2 addresses");
});

test("bytes never show 1024 of a unit", () => {
    check(format.bytes, [
        [0, "0 B"], [1023, "1023 B"], [1024, "1 KiB"], [1536, "1.5 KiB"], [10240, "10 KiB"],
        [1023.4 * 1024, "1023 KiB"], [1023.6 * 1024, "1 MiB"], [5 * 1024 ** 3, "5 GiB"],
        [5000 * 1024 ** 4, "5000 TiB"],
    ]);
});

test("round trips are shown in the unit that fits", () => {
    check(format.latency, [
        [0, "0 µs"], [0.0001, "100 µs"], [0.00025, "250 µs"], [0.0031, "3.1 ms"],
        [0.0025, "2.5 ms"], [0.182, "182 ms"], [1, "1 s"], [2.5, "2.5 s"], [10, "10 s"],
    ]);
});

test("durations have their two largest units", () => {
    check(format.duration, [
        [-1, "0 s"], [0.9, "0 s"], [59.9, "59 s"], [60, "1 min"], [200, "3 min 20 s"],
        [3600, "1 h"], [3659, "1 h"], [7500, "2 h 5 min"], [90000, "1 d 1 h"],
        [86400 + 59, "1 d"],
    ]);
});

test("limits are in seconds up to two minutes, as proxies' files have them", () => {
    check(format.limit, [
        [0, "0 s"], [25, "25 s"], [45.35, "45.4 s"], [60, "60 s"], [100, "100 s"],
        [300, "5 min"], [14400, "4 h"],
    ]);
});

test("margins have a sign that is a minus, and one decimal", () => {
    check(format.margin, [[29.9, "29.9 s"], [-10.1, "\u221210.1 s"], [5, "5.0 s"]]);
});

test("a share is 0 or 100 per cent only when it is exactly that", () => {
    assert.equal(plain(format.share(0, 0)), "0 %");
    assert.equal(plain(format.share(0, 10)), "0 %");
    assert.equal(plain(format.share(1, 1000)), "under 1 %");
    assert.equal(plain(format.share(9999, 10000)), "99 %");
    assert.equal(plain(format.share(10, 10)), "100 %");
});

test("rates are per minute", () => {
    assert.equal(format.rate(0, 300), "0 a minute");
    assert.equal(format.rate(2, 300), "0.4 a minute");
    assert.equal(format.rate(6170, 300), "1,234 a minute");
});

test("times of day have 24 hours", () => {
    assert.equal(format.clock(0), "00:00");
    assert.equal(format.clock(86399, true), "23:59:59");
});
