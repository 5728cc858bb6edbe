#include "net/lingering.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace pulsegate {
namespace {

// In a turn, before others get theirs.
constexpr int most_reads_at_once = 4;

/// Throws away what is there, without decrypting it. False: nothing will follow it.
bool discard(int descriptor) {
    std::array<std::uint8_t, 16 * 1024> nobody_reads_this;
    for (int i = 0; i < most_reads_at_once; ++i) {
        const auto count =
            ::recv(descriptor, nobody_reads_this.data(), nobody_reads_this.size(), MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        if (count < 0 && errno == EAGAIN)
            break;
    }
    return true;
}

} // namespace

void lingering::take(connection left, bool is_shut, moment now) {
    if (all_.size() >= most)
        make_room();
    auto* const added = new one(*this, std::move(left));
    all_.push_back(*added);
    added->begin(now.real, is_shut);
}

bool lingering::make_room() {
    if (all_.empty())
        return false;
    forget(all_.front());
    return true;
}

void lingering::clear() {
    while (make_room())
        ;
}

void lingering::forget(one& which) {
    all_.erase(all_.iterator_to(which));
    timing_wheel::disarm(which);
    delete &which;
}

void lingering::one::begin(time_point now, bool is_shut) {
    deadline_ = now + longest;
    is_shut_ = is_shut;
    of_.wheel_.arm(*this, is_shut ? deadline_ : now + sleep);
    if (!left_.watch(*this, EPOLLIN | EPOLLRDHUP))
        of_.forget(*this);
}

void lingering::one::on_ready(std::uint32_t) {
    if (!discard(left_.descriptor()))
        return of_.forget(*this);
    if (!std::exchange(is_awake_, true) && !is_shut_)
        of_.wheel_.arm(*this, std::min(deadline_, clock::now() + awakening));
}

void lingering::one::on_due() {
    if (std::exchange(is_shut_, true))
        return of_.forget(*this);
    left_.shut();
    of_.wheel_.arm(*this, deadline_);
}

} // namespace pulsegate
