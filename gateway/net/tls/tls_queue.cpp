#include "net/tls/tls_queue.hpp"

#include "base/time.hpp"

namespace pulsegate {
namespace {

// One signature with RSA takes about as long; with an elliptic curve it is a tenth.
constexpr milliseconds longest_turn{1};

} // namespace

void tls_queue::enter(entry& one) {
    waiting_.push_back(one);
    if (!std::exchange(is_turning_, true))
        poll_.post([this] { turn(); });
}

void tls_queue::turn() {
    const time_point end = clock::now() + longest_turn;
    do {
        if (waiting_.empty()) {
            is_turning_ = false;
            return;
        }
        entry& next = waiting_.front();
        waiting_.pop_front();
        next.on_turn();
    } while (clock::now() < end);
    poll_.post([this] { turn(); });
}

} // namespace pulsegate
