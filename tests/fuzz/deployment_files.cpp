// Units of systemd and manifests of Kubernetes of any content: neither reader crashes, both end,
// and what they tell can be shown.
#include "alignment/deployment/stop.hpp"

#include "places.hpp"

#include <cstdint>

using namespace pulsegate;

namespace {

void check_findings(const stop_findings& found) {
    for (const diagnostic& each : found.diagnostics)
        fuzz::check_diagnostic(each);
    for (const stop_plan& each : found.plans) {
        PULSEGATE_ASSERT(!each.kill_after || each.kill_after->count() >= 0);
        PULSEGATE_ASSERT(each.before_signal.count() >= 0);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const load_result loaded =
        load_configuration(make_source("gateway.yaml", "drain: { window: 60s }\n"));
    const source file =
        make_source("given", std::string(reinterpret_cast<const char*>(data), size));
    check_findings(check_unit(loaded, {file}));
    check_findings(check_manifest(loaded, file));
    return 0;
}
