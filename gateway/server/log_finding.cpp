#include "server/log_finding.hpp"

#include "base/log.hpp"
#include "config/codes.hpp"

namespace pulsegate {
namespace {

log::level level_of(severity how) {
    switch (how) {
    case severity::error:
        return log::level::error;
    case severity::warning:
        return log::level::warning;
    case severity::note:
        return log::level::info;
    }
    return log::level::info;
}

} // namespace

void log_finding(std::string_view about, const diagnostic& found) {
    log::write(level_of(found.level()), about,
               {{"code", found.id.row().name},
                {"finding", found.message},
                {"place", location(found.primary.where)},
                {"help", found.help}});
}

} // namespace pulsegate
