#include "command/commands.hpp"

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <openssl/crypto.h>
#include <simdjson.h>
#include <spdlog/version.h>

#include <string_view>

namespace pulsegate {
namespace {

#ifdef PULSEGATE_WITHOUT_SYSTEMD
constexpr std::string_view systemd_support = "not built in: libsystemd was missing";
#else
constexpr std::string_view systemd_support = "built in";
#endif

std::string dotted(int major, int minor, int patch) {
    return std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch);
}

} // namespace

std::string version_line() {
    return "pulsegate " PULSEGATE_VERSION;
}

std::string version_report() {
    const std::string boost =
        dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
    const std::string spdlog = dotted(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH);
    const std::string simdjson =
        dotted(simdjson::SIMDJSON_VERSION_MAJOR, simdjson::SIMDJSON_VERSION_MINOR,
               simdjson::SIMDJSON_VERSION_REVISION);
    return version_line() + "\ncompiler: GCC " __VERSION__ "\nBoost: " + boost +
           "\nOpenSSL: " + OpenSSL_version(OPENSSL_VERSION_STRING) + "\nspdlog: " + spdlog +
           "\nsimdjson: " + simdjson +
           "\nCLI11: " CLI11_VERSION "\nsystemd: " + std::string(systemd_support) + '\n';
}

} // namespace pulsegate
