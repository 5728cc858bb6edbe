"""What a gateway owes after any fault: nothing is left, and every connection is accounted for."""

from support.waiting import eventually


def ends(metrics):
    """Why sessions ended: {reason: how many}, without the reasons that nobody had."""
    found = {}
    for (_, reason), count in metrics.each("pulsegate_connections_closed_total"):
        if count:
            found[reason] = found.get(reason, 0) + int(count)
    return found


def is_balanced(metrics):
    """opened = closed + live, at every instant."""
    opened = metrics.sum("pulsegate_connections_opened_total")
    live = metrics.sum("pulsegate_connections")
    return opened == metrics.sum("pulsegate_connections_closed_total") + live


async def settled(gateway, live=0, seconds=15.0):
    """Waits until only `live` sessions are left and nothing else; the metrics of that moment."""

    async def is_settled():
        metrics = await gateway.metrics()
        assert is_balanced(metrics), metrics.text
        left = {
            "sessions": metrics.sum("pulsegate_connections") - live,
            "handshakes": metrics.sum("pulsegate_handshakes_in_progress"),
            "pending bytes": metrics.sum("pulsegate_pending_bytes"),
        }
        return metrics if not any(left.values()) else None

    return await eventually(is_settled, f"{live} sessions and nothing else are left", seconds)
