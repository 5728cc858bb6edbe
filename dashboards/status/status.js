// The status page: all wiring. Each module has one subject; this one has the gateway's events on
// one side, the parts of the page on the other, and the person's actions in between.

import { Alignment } from "./alignment.js";
import { byId, element, icon } from "./dom.js";
import { askForToken, confirm } from "./dialogs.js";
import { Feed } from "./feed.js";
import { showFigures, showFindings } from "./figures.js";
import { clock, counted, duration } from "./format.js";
import { Gateway } from "./gateway.js";
import { Head } from "./head.js";
import { Plot, minuteRows } from "./plot.js";
import { CONNECTIONS, EVICTIONS } from "./plot_kinds.js";
import { Reasons } from "./reasons.js";
import { RoundTrips } from "./rtt.js";
import { Series } from "./series.js";
import { Sessions } from "./sessions.js";
import { showTallies } from "./tallies.js";

const LOCKED = "This gateway shows its figures to those who have its token.";

/** How often what no event tells is asked for. */
const REREAD_MS = 30000;

const gateway = new Gateway();
const series = new Series();
const head = new Head();
const alignment = new Alignment(
    byId("timelines"), byId("diagnostics"), byId("alignment-summary"));
const reasons = new Reasons(byId("reason-groups"), byId("reasons-summary"), byId("reasons-never"));
const roundTrips = new RoundTrips(byId("rtt-picture"), byId("rtt-summary"), byId("rtt-table"));
const plots = {
    connections: new Plot(byId("connections-plot"), byId("connections-readout"), CONNECTIONS),
    evictions: new Plot(byId("evictions-plot"), byId("evictions-readout"), EVICTIONS),
};
const sessions = new Sessions(gateway, byId("sessions"), closeSession);
const feed = new Feed(gateway, onEvent, onLink);

let status = null; // the latest
let takesToken = false; // admin.token_file is set
let reread = { time: 0, state: "" }; // when /alignment and /history were asked for, and why

function onEvent(name, value) {
    if (name === "history") series.onHistory(value);
    if (name !== "status") return;
    status = value;
    series.onStatus(status);
    head.show(status);
    document.body.classList.remove("is-empty");
    showFigures(status, series);
    showFindings(status, series, alignment.latest);
    showHour();
    showCuts();
    reasons.show(status);
    roundTrips.show(status);
    showTallies(status);
    sessions.routes = status.routes.map((route) => route.path);
    sessions.active = true;
    byId("drain").disabled = status.state === "draining";
    rereadIfDue();
}

function onLink(state, problem) {
    head.link = state;
    if (state !== "live") sessions.active = false;
    const isTold = state === "waiting" && problem?.status > 0;
    byId("link-problem").hidden = !isTold;
    if (isTold) byId("link-problem").textContent = problem.text;
    byId("locked").hidden = state !== "locked";
    if (state === "locked") enterToken(LOCKED);
}

function showHour() {
    const { points, minutes, interval, starts } = series;
    plots.connections.show(points, interval, starts, status.time);
    plots.evictions.show(minutes, interval, starts, status.time);
    byId("cuts-key").hidden = series.total("cuts", status.time) === 0;
    if (byId("hour").open) {
        byId("hour-table").tBodies[0].replaceChildren(...minuteRows(minutes));
    }
}

function showCuts() {
    const cuts = status.suspected_cuts;
    byId("cuts-list").replaceChildren(...cuts.map((cut) => element("li", { class: "cut-item" },
        icon("bad"),
        element("div", {},
            element("strong", {}, cut.hop), ` ${cut.text}`,
            element("p", { class: "muted" },
                `${counted(cut.cuts, "cut")}, the last at ${clock(cut.last, true)}`)))));
    byId("cuts-none").hidden = cuts.length > 0;
}

/** What changes seldom: asked for now and then, and when a status says that it changed. */
async function rereadIfDue() {
    const state = JSON.stringify([status.started, status.reload, status.alignment]);
    const isDue = performance.now() - reread.time > REREAD_MS || state !== reread.state;
    if (!isDue) return;
    reread = { time: performance.now(), state };
    try {
        alignment.show(await gateway.get("/alignment"));
        series.onHistory(await gateway.get("/history"));
        takesToken = (await gateway.get("/config")).admin.token_file !== null;
        showTokenState();
        showFindings(status, series, alignment.latest);
    } catch {
        reread.state = ""; // the next status asks again
    }
}

async function enterToken(reason) {
    if (!await askForToken(reason, (value) => gateway.tryToken(value))) return;
    showTokenState();
    feed.start();
}

function showTokenState() {
    document.body.classList.toggle("has-token", gateway.hasToken);
    byId("enter-token").hidden = gateway.hasToken || !takesToken;
    byId("read-only").hidden = takesToken || gateway.hasToken || status === null;
    byId("forget-token").hidden = !gateway.hasToken;
    byId("drain").hidden = !gateway.hasToken;
}

function closeSession(session) {
    confirm({
        title: "Close this session?",
        text: `The client ${session.client} on ${session.path} (connection ${session.id}), here ` +
            `for ${duration(session.age_seconds)}, gets a Close. Most clients reconnect at once.`,
        action: "Close the session",
    }, () => gateway.closeConnection(session.id)).then(() => sessions.refresh());
}

function drain() {
    const live = counted(status.connections, "session");
    confirm({
        title: "Drain this gateway?",
        text: `New clients are refused from now on, and ${live} will get a Close, spread over ` +
            "drain.window. Then the gateway ends. This cannot be taken back.",
        action: "Drain",
    }, () => gateway.drain());
}

byId("enter-token").addEventListener("click", () =>
    enterToken("With the gateway's token you can close sessions and drain."));
byId("unlock").addEventListener("click", () => enterToken(LOCKED));
byId("forget-token").addEventListener("click", () => {
    gateway.token = "";
    showTokenState();
    byId("enter-token").focus();
});
byId("drain").addEventListener("click", drain);
byId("hour").addEventListener("toggle", () => status && showHour());

// Nobody looks at a hidden tab: it costs the gateway nothing, and is fresh at once when it is back.
document.addEventListener("visibilitychange", () => {
    if (document.hidden) feed.stop();
    else feed.start();
});

showTokenState();
if (!document.hidden) feed.start();
