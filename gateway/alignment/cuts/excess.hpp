// How improbable it is that so many of some points lie together by chance. Pure.
#pragma once

#include <cstddef>

namespace pulsegate {

/// The natural logarithm of the probability that of `trials` independent ones at least `hits`
/// succeed, each with `chance`: the tail of the binomial distribution, exact but for rounding.
/// \param hits    1 to `trials`.
/// \param chance  between 0 and 1, exclusive.
[[nodiscard]] double log_binomial_tail(std::size_t hits, std::size_t trials, double chance);

/// The same of exactly `hits`: less than the tail, and quick.
[[nodiscard]] double log_binomial_term(std::size_t hits, std::size_t trials, double chance);

} // namespace pulsegate
