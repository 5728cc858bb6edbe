// The option that every command which reads a configuration has.
#pragma once

#include <CLI/App.hpp>

#include <string>

namespace pulsegate {

/// Adds `--config FILE` to a command.
///
/// \param path  holds the default and receives the choice; it outlives the parsing.
inline void add_config_option(CLI::App& command, std::string& path) {
    command.add_option("--config", path, "The configuration file")
        ->type_name("FILE")
        ->capture_default_str();
}

inline constexpr const char* default_config_path = "gateway.yaml";

} // namespace pulsegate
