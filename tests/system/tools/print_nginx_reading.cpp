// Prints what the gateway reads in an Nginx configuration, for tests that compare it with Nginx.
// Usage: print_nginx_reading FILE, where FILE is an nginx.conf or the output of `nginx -T`.
#include "alignment/nginx/reading.hpp"
#include "support/nginx_reading_text.hpp"

#include <iostream>

using namespace pulsegate;

int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "usage: print_nginx_reading FILE\n";
        return 2;
    }
    disk_files disk;
    nginx_request request;
    request.path = arguments[1];
    request.listeners = {tcp_address{"127.0.0.1", 8081}, unix_address{"/run/pulsegate.sock"}};
    request.declared = {make_source("arguments", request.path), 0, request.path.size()};
    const auto file = disk.read(request.path);
    if (!file.has_value()) {
        std::cerr << request.path << ": " << file.error().message() << '\n';
        return 2;
    }
    file_tree* files = &disk;
    auto dump = split_nginx_dump((*file)->text());
    if (dump) {
        files = &dump->files;
        request.path = dump->main;
    }
    std::cout << test::to_text(read_nginx(*files, request));
    return 0;
}
