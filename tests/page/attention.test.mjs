// What is brought to the attention of somebody on call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf } from "../../dashboards/status/attention.js";
import { rejectionText } from "../../dashboards/status/figures.js";
import { linkText, stateText } from "../../dashboards/status/head.js";
import { Series } from "../../dashboards/status/series.js";
import { status } from "./statuses.mjs";

const plain = (text) => text.replaceAll("\u202f", " ");

/** The texts of the findings of two statuses, five seconds apart. */
function texts(later, earlier = {}) {
    const series = new Series();
    series.onStatus(status({ time: 995, ...earlier }));
    const last = status(later);
    series.onStatus(last);
    return findingsOf(last, series, null).map((finding) => plain(finding.text));
}

test("a healthy gateway needs no attention", () => {
    assert.deepEqual(texts({}), []);
});

test("the worst comes first", () => {
    const [first, second] = texts({
        reload: { successful: false, time: 900 }, alignment: { errors: 1, warnings: 0 } });
    assert.match(first, /alignment has 1 error/);
    assert.match(second, /last reload failed.* configuration of 00:15/);
});

test("a misaligned hop is named with its least margin", () => {
    const last = status({ alignment: { errors: 2, warnings: 0 } });
    const margins = [["nginx", -4], ["nginx", -10.1], ["cloudflare", 69.9]]
        .map(([hop, seconds]) => ({ hop, seconds, direction: "any" }));
    const [finding] = findingsOf(last, new Series(), { margins });
    assert.equal(plain(finding.text),
        "Misaligned: nginx (margin \u221210.1 s) cuts healthy connections.");
    assert.equal(finding.section, "alignment");
});

test("a warning about the alignment is told in its own words", () => {
    const last = status({ alignment: { errors: 0, warnings: 2 } });
    const diagnostics = [{ severity: "warning", message: "too tight" }];
    assert.deepEqual(findingsOf(last, new Series(), { margins: [], diagnostics })
        .map((finding) => finding.text), ["Alignment: too tight (and 1 more)."]);
});

test("a suspected cut is told for an hour", () => {
    const cut = { hop: "nginx", cuts: 7, last: 900, text: "" };
    assert.match(texts({ suspected_cuts: [cut] })[0], /nginx seems to cut connections: 7 times/);
    assert.deepEqual(texts({ time: 6000, suspected_cuts: [cut] }), []);
});

test("workers that do not answer, a limit that is near, and a drain are told", () => {
    assert.match(texts({ workers_answered: 1 })[0], /1 worker of 2 did not answer/);
    assert.match(texts({ limits: { connections: 12 } })[0], /83 % of limits.connections/);
    assert.match(texts({ limits: { connections: 10 } })[0], /new clients are refused/);
    assert.match(texts({ state: "draining", drain_ends: 1030 })[0], /until 00:17:10/);
});

test("a single eviction is nothing, a burst is something, and so is an application away", () => {
    assert.deepEqual(texts({ evictions: 4 }, { evictions: 3 }), []);
    assert.match(texts({ evictions: 23 }, { evictions: 3 })[0], /20 clients went silent/);
    assert.match(texts({ app_errors: { connect: 2 } }, { app_errors: { connect: 0 } })[0],
        /could not be reached.* 2 times/);
});

test("an application that refuses clients, as it may, is no finding", () => {
    assert.deepEqual(texts({ app_errors: { refused: 9 } }, { app_errors: { refused: 0 } }), []);
});

test("the head always says how old the figures are", () => {
    assert.equal(linkText("live", 1000, 0.4), "Live, as of 00:16:40");
    assert.equal(plain(linkText("live", 1000, 4)), "Live, data 4 s old");
    assert.equal(plain(linkText("waiting", 1000, 75)), "Reconnecting, data 1 min 15 s old");
    assert.equal(plain(linkText("idle", 1000, 75)), "Paused, data 1 min 15 s old");
    assert.equal(linkText("connecting", null, null), "Connecting");
    assert.equal(linkText("waiting", null, null), "Reconnecting");
});

test("a drain is counted down", () => {
    assert.equal(stateText(status(), 1000), "Serving");
    const draining = status({ state: "draining", drain_ends: 1030 });
    assert.equal(plain(stateText(draining, 1000.5)), "Draining, 30 s left");
    assert.equal(stateText(draining, 1031), "Draining, time is up");
});

test("a gateway that is not heard of is not called serving", () => {
    assert.equal(stateText(status(), 1000, false), "Was serving");
    assert.equal(stateText(status({ state: "draining", drain_ends: 1030 }), 1000, false),
        "Was draining");
});

test("rejections are summed up by the most frequent", () => {
    assert.equal(rejectionText({ malformed: 0 }), "none since start");
    assert.equal(rejectionText({ malformed: 0, no_route: 2 }), "most: no_route");
    assert.equal(rejectionText({ malformed: 1, no_route: 2 }), "most: no_route (2)");
});
