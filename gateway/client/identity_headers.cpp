#include "client/identity_headers.hpp"

#include "base/ascii_case.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

constexpr std::string_view forwarded_family = "x-forwarded-";

constexpr std::array<std::string_view, 9> others{
    "forwarded",           "x-real-ip",        "cf-connecting-ip",
    "cf-connecting-ipv6",  "true-client-ip",   "x-client-ip",
    "x-cluster-client-ip", "fastly-client-ip", "x-original-forwarded-for"};

constexpr char canonical(char c) {
    return c == '_' ? '-' : lower_case(c);
}

} // namespace

bool is_same_header(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return canonical(x) == canonical(y); });
}

bool tells_of_client(std::string_view name) {
    return is_same_header(name.substr(0, forwarded_family.size()), forwarded_family) ||
           std::any_of(others.begin(), others.end(),
                       [&](std::string_view other) { return is_same_header(name, other); });
}

} // namespace pulsegate
