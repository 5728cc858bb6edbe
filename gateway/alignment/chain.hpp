// The chain of proxies in front of the gateway, read from where gateway.yaml says: their own files,
// presets, or figures. A value; built on any thread.
#pragma once

#include "alignment/files.hpp"
#include "alignment/haproxy/reading.hpp"
#include "alignment/hop.hpp"
#include "alignment/nginx/reading.hpp"
#include "config/loader.hpp"

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace pulsegate {

/// What a program that was run has said, on both of its outputs together.
struct program_answer {
    int exit_code = 0;
    std::string output;
};

/// What reading a chain needs from outside.
struct chain_environment {
    file_tree& files;
    /// The version of the Nginx that is installed here; nothing if there is none.
    std::function<std::optional<nginx_version>()> installed_nginx;
    /// Runs a proxy's own program, its name and its arguments, to have it test its file; nothing if
    /// it cannot be run or does not end. Null: nobody wants that.
    std::function<std::optional<program_answer>(const std::vector<std::string>& command)> ask = {};
};

/// A hop, with all that was read of it.
struct chain_hop : hop {
    std::variant<std::monostate, nginx_reading, haproxy_reading> reading;
};

/// The Nginx that was read for a hop; null if its files have errors, which are reported: what such
/// files lack may stand where they could not be read.
[[nodiscard]] const nginx_reading* sound_nginx(const chain_hop& of);

struct chain {
    std::vector<chain_hop> hops; // outermost first
    std::vector<diagnostic> problems;
    std::vector<std::string> files;    // that were read or looked for, to be watched
    std::vector<std::string> patterns; // of includes, likewise
};

/// Reads the chain of a configuration that has no errors. Relative paths are taken from the
/// directory of `loaded`'s file.
/// Errors: in `problems`; never throws.
[[nodiscard]] chain read_chain(const load_result& loaded, const chain_environment& from);

} // namespace pulsegate
