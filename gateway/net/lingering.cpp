#include "net/lingering.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace pulsegate {
namespace {

// In a turn, before others get theirs.
constexpr int most_reads = 4;

enum class discarded { all, some, over };

/// Throws away what is there, without decrypting it.
discarded discard(int descriptor) {
    std::array<std::uint8_t, 16 * 1024> nobody_reads_this;
    for (int i = 0; i < most_reads; ++i) {
        const auto count =
            ::recv(descriptor, nobody_reads_this.data(), nobody_reads_this.size(), MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
            return discarded::over;
        if (count < 0 && errno == EAGAIN)
            return discarded::all;
    }
    return discarded::some;
}

} // namespace

void lingering::take(connection left, moment now) {
    left.shut();
    if (discard(left.descriptor()) == discarded::over)
        return;
    if (all_.size() >= most)
        forget(all_.front());
    auto* const added = new one(*this, std::move(left));
    all_.push_back(*added);
    added->begin(now.real + longest);
}

void lingering::clear() {
    while (!all_.empty())
        forget(all_.front());
}

void lingering::forget(one& which) {
    all_.erase(all_.iterator_to(which));
    timing_wheel::disarm(which);
    delete &which;
}

void lingering::one::begin(time_point deadline) {
    of_.wheel_.arm(*this, deadline);
    if (!left_.watch(*this, EPOLLIN | EPOLLRDHUP))
        of_.forget(*this);
}

void lingering::one::on_ready(std::uint32_t) {
    if (discard(left_.descriptor()) == discarded::over)
        of_.forget(*this);
}

} // namespace pulsegate
