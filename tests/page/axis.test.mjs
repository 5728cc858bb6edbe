// Round values on axes.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as axis from "../../dashboards/status/axis.js";

test("ticks of counts are whole, begin at 0 and reach the greatest value", () => {
    assert.deepEqual(axis.countTicks(0), [0, 1]);
    assert.deepEqual(axis.countTicks(3), [0, 1, 2, 3]);
    assert.deepEqual(axis.countTicks(14), [0, 5, 10, 15]);
    assert.deepEqual(axis.countTicks(213), [0, 50, 100, 150, 200, 250]);
    for (let greatest = 0; greatest < 3000; ++greatest) {
        const ticks = axis.countTicks(greatest);
        assert.ok(ticks.at(-1) >= greatest && ticks.every(Number.isInteger), String(greatest));
        assert.ok(ticks.length >= 2 && ticks.length <= 7, String(greatest));
    }
});

test("ticks of time are round in the reader's own time", () => {
    assert.deepEqual(axis.timeTicks(1000, 4600, 7), [1200, 1800, 2400, 3000, 3600, 4200]);
    // Half an hour ahead of UTC, as a few countries are.
    assert.deepEqual(axis.timeTicks(0, 7200, 2, 1800), [1800, 5400]);
});

test("there are never more steps of time than wanted", () => {
    for (let most = 1; most <= 12; ++most) {
        for (const seconds of [1, 7, 45, 100, 3600, 100000, 10000000]) {
            assert.ok(seconds / axis.timeStep(seconds, most) <= most, `${seconds} in ${most}`);
        }
    }
});

test("a position is never outside the axis", () => {
    assert.equal(axis.position(5, 0, 10), 0.5);
    assert.equal(axis.position(-5, 0, 10), 0);
    assert.equal(axis.position(15, 0, 10), 1);
});
