// gateway.yaml of any content: the loader neither throws nor crashes, and its diagnostics can be
// shown.
#include "config/loader.hpp"

#include "places.hpp"

#include <cstdint>

using namespace pulsegate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const source text =
        make_source("gateway.yaml", std::string(reinterpret_cast<const char*>(data), size));
    const load_result loaded = load_configuration(text);
    for (const diagnostic& each : loaded.diagnostics)
        fuzz::check_diagnostic(each);
    PULSEGATE_ASSERT(loaded.diagnostics.empty() == render_text(loaded.diagnostics).empty());
    PULSEGATE_ASSERT(loaded.diagnostics.empty() == render_line(loaded.diagnostics).empty());
    if (!has_errors(loaded.diagnostics)) {
        PULSEGATE_ASSERT(!loaded.values.listeners.empty());
        PULSEGATE_ASSERT(!loaded.values.routes.empty());
    }
    return 0;
}
