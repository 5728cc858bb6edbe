// What somebody on call should know first, in sentences, worst first. Pure.

import { clock, counted, count, margin, share } from "./format.js";

const HOUR = 3600;
const LATELY = 300; // seconds
const NEARLY_FULL = 0.8;

/** So many evictions within five minutes are no single laptops that were shut. */
function isBurst(evictions, connections) {
    return evictions >= 10 && evictions >= 0.05 * (connections + evictions);
}

/** The first diagnostic of a severity, and how many there are beside it. */
function firstDiagnostic(alignment, severity, number) {
    const first = (alignment?.diagnostics ?? []).find((each) => each.severity === severity);
    if (!first) return `The alignment has ${counted(number, severity)}.`;
    const more = number > 1 ? ` (and ${counted(number - 1, "more", "more")})` : "";
    return `Alignment: ${first.message}${more}.`;
}

function ofAlignment(status, alignment) {
    const findings = [];
    if (status.alignment.errors > 0) {
        const cutting = (alignment?.margins ?? []).filter((each) => each.seconds < 0);
        const names = [...new Set(cutting.map((each) => each.hop))].map((hop) => {
            const least = Math.min(
                ...cutting.filter((each) => each.hop === hop).map((each) => each.seconds));
            return `${hop} (margin ${margin(least)})`;
        });
        findings.push({
            level: "bad",
            text: names.length > 0
                ? `Misaligned: ${names.join(", ")} cuts healthy connections.`
                : firstDiagnostic(alignment, "error", status.alignment.errors),
            section: "alignment",
        });
    }
    if (status.alignment.warnings > 0) {
        findings.push({
            level: "warn",
            text: firstDiagnostic(alignment, "warning", status.alignment.warnings),
            section: "alignment",
        });
    }
    return findings;
}

function ofGateway(status) {
    const findings = [];
    if (status.state === "draining") {
        findings.push({
            level: "warn",
            text: "Draining: new clients are refused, and sessions are asked to reconnect until " +
                `${clock(status.drain_ends ?? status.time, true)}.`,
            section: "figures",
        });
    }
    const missing = status.workers - status.workers_answered;
    if (missing > 0) {
        findings.push({
            level: "bad",
            text: `${counted(missing, "worker")} of ${count(status.workers)} did not answer in ` +
                "time: their event loop is stuck, and the figures here are too low.",
            section: "figures",
        });
    }
    if (!status.reload.successful) {
        findings.push({
            level: "warn",
            text: "The last reload failed: the log has its errors. What runs is the " +
                `configuration of ${clock(status.reload.time)}.`,
            section: "figures",
        });
    }
    const most = status.limits.connections;
    if (status.connections >= NEARLY_FULL * most) {
        const isFull = status.connections >= most;
        findings.push({
            level: isFull ? "bad" : "warn",
            text: isFull
                ? "At limits.connections: new clients are refused."
                : `${share(status.connections, most)} of limits.connections is in use.`,
            section: "figures",
        });
    }
    return findings;
}

function ofTraffic(status, series) {
    const findings = [];
    for (const each of status.suspected_cuts) {
        if (each.last > status.time - HOUR) {
            findings.push({
                level: "bad",
                text: `${each.hop} seems to cut connections: ` +
                    `${counted(each.cuts, "time")}, last at ${clock(each.last)}.`,
                section: "cuts",
            });
        }
    }
    const evictions = series.total("evictions", status.time, LATELY);
    if (isBurst(evictions, status.connections)) {
        findings.push({
            level: "warn",
            text: `${counted(evictions, "client")} went silent within five minutes.`,
            section: "evictions",
        });
    }
    const errors = series.total("appErrors", status.time, LATELY);
    if (errors > 0) {
        findings.push({
            level: "bad",
            text: "The application could not be reached, or did not speak WebSocket, " +
                `${counted(errors, "time")} within five minutes.`,
            section: "refusals",
        });
    }
    return findings;
}

/**
 * Findings: [{level: "bad" | "warn", text, section: the id of the section that tells more}].
 * `alignment` may be null while it is not known.
 */
export function findingsOf(status, series, alignment) {
    const findings = [
        ...ofGateway(status),
        ...ofAlignment(status, alignment),
        ...ofTraffic(status, series),
    ];
    return findings.sort((a, b) => (a.level === "bad" ? 0 : 1) - (b.level === "bad" ? 0 : 1));
}
