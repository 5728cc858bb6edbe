#include "alignment/cuts/mark.hpp"

namespace pulsegate {
namespace {

/// When the value belongs to the mark.
std::optional<duration> if_true(bool belongs, duration value) {
    return belongs ? std::optional(value) : std::nullopt;
}

} // namespace

bool is_provoked(const loss& of) {
    return of.quiet < std::chrono::seconds(1) && of.idle > of.quiet + one_event;
}

std::optional<duration> read(mark which, const loss& of) {
    if (which == mark::age)
        return of.age;
    if (!of.was_answering)
        return std::nullopt;
    const bool client_had_answered = of.idle >= of.quiet - one_event;
    switch (which) {
    case mark::sent_either:
        return if_true(client_had_answered, of.quiet);
    case mark::heard_either:
        return if_true(of.quiet >= of.idle - one_event && !is_provoked(of), of.idle);
    case mark::sent:
        return of.quiet;
    case mark::heard:
        return if_true(!is_provoked(of), of.idle);
    case mark::heard_unasked:
        return if_true(client_had_answered && !is_provoked(of), of.idle);
    case mark::age:
        break;
    }
    return of.age;
}

} // namespace pulsegate
