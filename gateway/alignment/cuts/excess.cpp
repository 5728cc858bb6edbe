#include "alignment/cuts/excess.hpp"

#include "base/assert.hpp"

#include <cmath>

namespace pulsegate {
namespace {

/// ln n!. std::lgamma() writes a global variable.
double log_factorial(std::size_t n) {
    int sign = 0;
    return ::lgamma_r(static_cast<double>(n) + 1, &sign);
}

} // namespace

double log_binomial_term(std::size_t hits, std::size_t trials, double chance) {
    PULSEGATE_ASSERT(hits > 0 && hits <= trials && chance > 0 && chance < 1);
    return log_factorial(trials) - log_factorial(hits) - log_factorial(trials - hits) +
           static_cast<double>(hits) * std::log(chance) +
           static_cast<double>(trials - hits) * std::log1p(-chance);
}

double log_binomial_tail(std::size_t hits, std::size_t trials, double chance) {
    const double first = log_binomial_term(hits, trials, chance);
    const auto n = static_cast<double>(hits);
    const auto all = static_cast<double>(trials);
    // The further terms as multiples of the first.
    const double odds = chance / (1 - chance);
    double sum = 1;
    double term = 1;
    for (double k = n; k < all && term > sum * 1e-12; ++k) {
        term *= (all - k) / (k + 1) * odds;
        sum += term;
    }
    const double tail = first + std::log(sum);
    return tail < 0 ? tail : 0;
}

} // namespace pulsegate
