#include "base/random.hpp"

#include "base/assert.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace pulsegate {
namespace {

/// Bytes that are drawn in advance: a call of OpenSSL's generator takes thousands of instructions
/// however little it gives, and every heartbeat of an application wants a nonce and a key.
class drawn_bytes {
public:
    template <class Number>
    Number take() {
        if (bytes_.size() - taken_ < sizeof(Number))
            draw();
        Number value;
        std::memcpy(&value, bytes_.data() + taken_, sizeof value);
        taken_ += sizeof value;
        return value;
    }

private:
    void draw() {
        const int ok = RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size()));
        PULSEGATE_ASSERT(ok == 1); // without entropy no key may leave the gateway
        taken_ = 0;
    }

    std::array<unsigned char, 1024> bytes_;
    std::size_t taken_ = sizeof bytes_;
};

template <class Number>
Number random_number() {
    thread_local drawn_bytes drawn;
    return drawn.take<Number>();
}

} // namespace

std::uint64_t random_u64() {
    return random_number<std::uint64_t>();
}

std::uint32_t random_u32() {
    return random_number<std::uint32_t>();
}

duration random_phase(duration span) {
    if (span <= duration::zero())
        return duration::zero();
    const auto steps = static_cast<std::uint64_t>(span.count());
    return duration(static_cast<duration::rep>(random_u64() % steps + 1));
}

} // namespace pulsegate
