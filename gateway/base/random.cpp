#include "base/random.hpp"

#include "base/assert.hpp"

#include <openssl/rand.h>

namespace pulsegate {
namespace {

template <class Number>
Number random_number() {
    Number value;
    const int ok = RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value);
    PULSEGATE_ASSERT(ok == 1); // without entropy no key may leave the gateway
    return value;
}

} // namespace

std::uint64_t random_u64() {
    return random_number<std::uint64_t>();
}

std::uint32_t random_u32() {
    return random_number<std::uint32_t>();
}

duration random_phase(duration span) {
    PULSEGATE_ASSERT(span > duration::zero());
    const auto steps = static_cast<std::uint64_t>(span.count());
    return duration(static_cast<duration::rep>(random_u64() % steps + 1));
}

} // namespace pulsegate
