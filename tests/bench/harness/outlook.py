"""What a large machine would hold, computed from what was measured on a small one. Pure."""

CORES = 64
MEMORY_BYTES = 256 * 2**30
USED_MEMORY = 0.8  # the rest is for what is in flight, the page cache and the other programs
BEAT_EVERY_SECONDS = 25
LEGS = 2

# As Linux has them: ip_local_port_range is 32768 to 60999, fs.nr_open 1048576.
PORTS = 60999 - 32768 + 1
DESCRIPTORS = 1024 * 1024


def outlook(memory, beats, echo_us=None):
    """[(what runs out, what a session takes of it, how much there is, sessions at its end)], the
    scarcest first.

    memory: measurements of the gateway, of which the one with most connections counts.
    echo_us: processor time for a message and its echo; None leaves that row out."""
    most = max(memory, key=lambda measured: measured["connections"])
    process, kernel = most["rss_bytes"], most["kernel_bytes"] / 2  # two of the four sockets are its
    beat_us = LEGS * beats["gateway_us"] / BEAT_EVERY_SECONDS
    processors = f"{CORES} processors"
    found = [
        ("ports of the gateway towards one address and port of the application", "1",
         f"{PORTS:,}", PORTS),
        ("descriptors of one process", str(LEGS), f"{DESCRIPTORS:,}", DESCRIPTORS // LEGS),
        ("memory, four fifths of it", f"{process:.0f} bytes of the process and {kernel:.0f} of the "
         "kernel", f"{MEMORY_BYTES // 2**30} GiB",
         int(USED_MEMORY * MEMORY_BYTES / (process + kernel))),
        (f"processors, for heartbeats every {BEAT_EVERY_SECONDS} s on both legs",
         f"{beat_us:.2f} µs a second", processors, int(CORES * 1e6 / beat_us)),
    ]
    if echo_us is not None:
        found.append(("processors, for heartbeats, and a message with its echo every second",
                      f"{beat_us + echo_us:.2f} µs a second", processors,
                      int(CORES * 1e6 / (beat_us + echo_us))))
    return sorted(found, key=lambda row: row[-1])
