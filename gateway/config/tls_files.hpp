// The files of certificates and keys that a configuration names: can they be read, do they fit
// together, are they in time. The only code here that sees OpenSSL.
#pragma once

#include "config/loader.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace pulsegate {

struct pem_file {
    std::string text;
    bool is_open_to_all = false; // readable by users that are neither its owner nor of its group
    bool is_writable_by_all = false; // writable by them
};

/// Where those files come from, and the time at which they are looked at.
struct pem_environment {
    std::function<result<pem_file>(const std::string& path)> read;
    std::chrono::system_clock::time_point now;
};

/// The files of this machine, now.
[[nodiscard]] pem_environment pem_files_of_this_machine();

/// What is wrong with the files of a configuration that has no errors, in the order of
/// gateway.yaml.
[[nodiscard]] std::vector<diagnostic> check_tls_files(const load_result& loaded,
                                                      const pem_environment& from);

} // namespace pulsegate
