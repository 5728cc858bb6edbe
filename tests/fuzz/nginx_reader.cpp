// libFuzzer: the reader of Nginx configurations. The input is nginx.conf, then, behind a NUL byte,
// a file `other` that either may include; the whole input is tried as a dump as well.
#include "alignment/nginx/reading.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace pulsegate;

namespace {

void check(const span& where) {
    if (!where.in || where.offset + where.length > where.in->text().size() ||
        where.text().find('\n') != std::string_view::npos)
        __builtin_trap();
}

void read(file_tree& files, const std::string& path) {
    nginx_request request;
    request.path = path;
    request.listeners = {tcp_address{"127.0.0.1", 8081}, tcp_address{"0.0.0.0", 80},
                         unix_address{"/run/pulsegate.sock"}};
    request.declared = {make_source("gateway.yaml", "nginx"), 0, 5};
    const nginx_reading reading = read_nginx(files, request);
    for (const diagnostic& each : reading.problems) {
        check(each.primary.where);
        for (const label& other : each.others)
            check(other.where);
    }
    for (const nginx_undecided& each : reading.undecided)
        check(each.where);
    for (const nginx_passage& each : reading.passages) {
        check(each.where);
        check(each.proxy_pass);
        check(each.read_timeout.block);
        if (each.listener >= request.listeners.size())
            __builtin_trap();
        (void)has_upgrade_header(each.headers);
        (void)has_connection_upgrade(each.headers);
        for (const nginx_header& header : each.lost_headers)
            check(header.where);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(input.find('\0'), input.size());
    memory_files files;
    files.add("/etc/nginx/nginx.conf", std::string(input.substr(0, end)));
    files.add("/etc/nginx/other", std::string(input.substr(std::min(end + 1, input.size()))));
    read(files, "/etc/nginx/nginx.conf");
    if (auto dump = split_nginx_dump(input))
        read(dump->files, dump->main);
    return 0;
}
