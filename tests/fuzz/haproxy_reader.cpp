// haproxy.cfg of any content: the reader does not crash, and what it tells can be shown.
#include "alignment/codes.hpp"
#include "alignment/haproxy/reading.hpp"

#include "places.hpp"

#include <cstdint>

using namespace pulsegate;

namespace {

void check_limit(const limit& each) {
    PULSEGATE_ASSERT(each.value > milliseconds::zero());
    PULSEGATE_ASSERT(!each.option.empty());
    fuzz::check_place(each.where);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    memory_files files;
    files.add("/haproxy.cfg", std::string(reinterpret_cast<const char*>(data), size));
    const haproxy_request request{
        "/haproxy.cfg",
        {tcp_address{"127.0.0.1", 8081}, unix_address{"/run/pulsegate.sock"}},
        {make_source("gateway.yaml", "haproxy"), 0, 7}};
    const haproxy_reading reading = read_haproxy(files, request);

    PULSEGATE_ASSERT(reading.files.size() == 1);
    for (const diagnostic& each : reading.problems) {
        PULSEGATE_ASSERT(each.id == hop_code::haproxy_syntax || each.id == hop_code::haproxy_value);
        fuzz::check_diagnostic(each);
    }
    for (const haproxy_remark& each : reading.remarks)
        fuzz::check_place(each.where);
    for (const haproxy_passage& each : reading.passages) {
        PULSEGATE_ASSERT(!each.listener || *each.listener < request.listeners.size());
        fuzz::check_place(each.where);
        fuzz::check_place(each.server);
        fuzz::check_place(each.frontend_head);
        for (const limit& one : each.limits)
            check_limit(one);
    }
    if (reading.hard_stop_after)
        check_limit(*reading.hard_stop_after);
    return 0;
}
