"""Holds a gateway's counters and its log to what the cases say, once all its sessions are over."""

import collections
import json

from support.waiting import eventually

from harness.peer import PATIENCE


def address_of(number):
    """The client's address of the session `number`, by which its line of the log is found."""
    return f"10.{number >> 16}.{number >> 8 & 0xFF}.{number & 0xFF}"


async def audit(gateway, rows):
    """rows: [(number, name, Expected)]. What is wrong, a line each."""
    closed = collections.Counter(row.reason for _, _, row in rows if row.reason)
    metrics = await quiet(gateway)
    wrong = []
    opened = metrics.sum("pulsegate_connections_opened_total")
    if opened != closed.total():
        wrong.append(f"pulsegate_connections_opened_total is {opened}, not {closed.total()}")
    for counter, wanted in (
        ("pulsegate_connections_closed_total", closed),
        ("pulsegate_handshakes_rejected_total", count(row.rejection for _, _, row in rows)),
        ("pulsegate_app_errors_total", count(row.app_error for _, _, row in rows)),
    ):
        counted = by_last_label(metrics, counter)
        if counted != wanted:
            wrong.append(f"{counter} is {dict(counted)}, not {dict(wanted)}")
    return wrong + await audit_log(gateway, rows, closed.total())


def count(labels):
    return collections.Counter(label for label in labels if label)


def by_last_label(metrics, name):
    counted = collections.Counter()
    for labels, value in metrics.each(name):
        counted[labels[-1]] += int(value)
    return +counted


async def audit_log(gateway, rows, sessions):
    def all_lines():
        written, _, _ = gateway.process.log().rpartition("\n")  # the last line may be half there
        lines = [line for line in written.splitlines() if '"session ended"' in line]
        return lines if len(lines) >= sessions else None

    wrong = []
    lines = []
    if sessions:
        lines = await eventually(all_lines, f"{sessions} sessions in the log", PATIENCE)
    logged = {fields["client"]: fields for fields in map(json.loads, lines)}
    for number, name, row in rows:
        if row.reason is None:
            continue
        line = logged.get(address_of(number), {})
        wanted = {"reason": row.reason, **row.fields}
        said = {key: line.get(key) for key in wanted}
        if said != wanted:
            wrong.append(f"{name}: the log says {said}, not {wanted}")
    return wrong


async def quiet(gateway):
    """The metrics, once no session is left."""

    async def nobody_left():
        metrics = await gateway.metrics()
        return metrics if metrics.sum("pulsegate_connections") == 0 else None

    return await eventually(nobody_left, "no session is left", PATIENCE)
