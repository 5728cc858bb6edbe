// A non-blocking socket with the two remainders that every user of one has: input that is not yet a
// whole frame, and output that the kernel would not take yet. Owns its descriptor. One thread.
#pragma once

#include "bench/frames.hpp"

#include <vector>

namespace pulsegate::bench {

class stream {
public:
    /// Takes over `descriptor`, which is registered edge-triggered.
    explicit stream(int descriptor) : descriptor_(descriptor) {}
    ~stream();
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }

    struct batch {
        bytes input;          // what was kept, then what was read; lies in the caller's buffer
        bool is_last = false; // nothing more to read until the next edge
        bool has_ended = false;
        int error = 0; // of errno; then `has_ended` is set too
    };

    /// Reads once.
    /// \param buffer         must be longer than what was kept.
    /// \param end_announced  the event that led here said that the peer has ended or failed.
    [[nodiscard]] batch receive(bytes buffer, bool end_announced);

    /// Keeps the beginning of a frame for the next `receive`. Call it at most once in between.
    void keep(const_bytes rest) { kept_.assign(rest.begin(), rest.end()); }

    /// Sends, or queues behind what waits already. A lost connection shows in the next `receive`.
    void send(const_bytes output);

    /// Sends what waits; to be called when the descriptor may be written to.
    void flush();

    /// True while the kernel takes no more.
    [[nodiscard]] bool is_blocked() const { return !waiting_.empty(); }

private:
    [[nodiscard]] std::size_t send_now(const_bytes output);

    int descriptor_;
    std::vector<unsigned char> kept_;
    std::vector<unsigned char> waiting_;
};

} // namespace pulsegate::bench
