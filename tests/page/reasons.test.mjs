// Close reasons, held to the gateway's own table.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ENDERS, REASONS, cutsText, grouped } from "../../dashboards/status/reasons.js";
import { APP_ERRORS, REJECTIONS } from "../../dashboards/status/tallies.js";

const TABLE = new URL("../../gateway/session/close_reason.cpp", import.meta.url);

test("every close reason of the gateway is explained", () => {
    const labels = [...readFileSync(TABLE, "utf8").matchAll(/\{close_reason::\w+, "(\w+)"/g)]
        .map((match) => match[1]);
    assert.ok(labels.length >= 16, labels.join());
    for (const label of labels) assert.ok(label in REASONS, `${label} is not in reasons.js`);
});

test("every reason has somebody, a title and a sentence", () => {
    for (const [label, [who, title, meaning]] of Object.entries(REASONS)) {
        assert.ok(who in ENDERS, label);
        assert.ok(title && meaning.endsWith("."), label);
    }
});

test("why a connection was rejected, and what was wrong with an application, is said in words", () => {
    const source = readFileSync(new URL("../../gateway/http/rejection.cpp", import.meta.url), "utf8");
    const rejections = [...source.matchAll(/\{rejection::\w+, "(\w+)"/g)].map((match) => match[1]);
    const errors = [...source.matchAll(/app_error::\w+(?::\s+return|,)\s+"(\w+)"/g)]
        .map((match) => match[1]);
    assert.ok(rejections.length >= 22 && errors.length >= 6);
    for (const label of rejections) assert.ok(REJECTIONS[label]?.endsWith("."), label);
    for (const label of errors) assert.ok(APP_ERRORS[label]?.endsWith("."), label);
});

test("what proxies seem to have cut is told of those that vanished", () => {
    assert.equal(cutsText({}), "");
    assert.equal(cutsText({ nginx: 7, undeclared: 0 }), " Of these, it seems, were cut: 7 by nginx.");
    assert.equal(cutsText({ nginx: 7, undeclared: 9 }),
        " Of these, it seems, were cut: 9 by a proxy that is not declared, 7 by nginx.");
});

test("reasons are grouped by who ended the connection, the most frequent first", () => {
    const { groups, never } = grouped({ client_lost: 2, client_closed: 5, evicted: 1, age: 0 });
    assert.deepEqual(groups.map((group) => [group.who, group.total,
        group.happened.map((row) => row.label)]),
        [["client", 7, ["client_closed", "client_lost"]], ["app", 0, []],
            ["gateway", 1, ["evicted"]]]);
    assert.deepEqual(never.map((row) => row.label), ["age"]);
});

test("a reason of a later gateway is shown by its label", () => {
    assert.equal(grouped({ novel: 4 }).groups[2].happened[0].title, "novel");
});
