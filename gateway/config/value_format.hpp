// How the value of a key is read from YAML, checked, stored and shown: one factory per kind of
// value.
#pragma once

#include "base/time.hpp"
#include "config/reading.hpp"

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pulsegate {

struct configuration;
struct listener_settings;
struct proxy_settings;
struct route;
struct close_settings;
struct heartbeat_settings;
struct limit_setting;
struct certificate_files;

/// The part of a configuration that the keys of a section are stored into.
struct target {
    configuration& all;
    listener_settings& listener;    // the one that is being read
    pulsegate::route& route;        // likewise
    heartbeat_settings& heartbeat;  // the global one, or that of `route`
    close_settings& close;          // likewise
    proxy_settings& proxy;          // the one that is being read
    certificate_files& certificate; // likewise, of `other_certificates`
};

/// The place of one value.
template <class T>
using field = std::function<T&(const target&)>;

struct value_format {
    /// Stores the value and returns true, or reports what is wrong with it.
    std::function<bool(reading&, const given&, const target&)> read;

    /// The stored value as it would be written in the file.
    std::function<std::string(const target&)> show;

    /// The same for programs, where it is no text: a number, a list, or null if it is not set.
    std::function<boost::json::value(const target&)> to_json = {};
};

/// Of a text that cannot be empty: null if it is, for then it is not set.
[[nodiscard]] boost::json::value text_or_null(const std::string& text);

/// Both bounds are allowed.
[[nodiscard]] value_format duration_between(milliseconds least, milliseconds most,
                                            field<milliseconds> at);
[[nodiscard]] value_format size_between(std::uint64_t least, std::uint64_t most,
                                        field<std::uint64_t> at);
[[nodiscard]] value_format count_between(std::uint64_t least, std::uint64_t most,
                                         field<std::uint64_t> at);

/// Text of `least` to `most` bytes.
[[nodiscard]] value_format text_between(std::size_t least, std::size_t most, field<std::string> at);

/// True if `text` has from `least` to `most` bytes; else reports it as the text of `path`.
[[nodiscard]] bool check_length(reading& in, const span& where, std::string_view path,
                                std::string_view text, std::size_t least, std::size_t most);

/// One of several words; `index` counts them from 0.
[[nodiscard]] bool read_choice(reading& in, const given& at,
                               std::span<const std::string_view> words, std::size_t& index);

/// The words for the values of an enumeration that count from 0, in their order.
template <class Enum>
[[nodiscard]] value_format choice_of(std::vector<std::string_view> words, field<Enum> at) {
    return {[words, at](reading& in, const given& what, const target& to) {
                std::size_t index = 0;
                if (!read_choice(in, what, words, index))
                    return false;
                at(to) = static_cast<Enum>(index);
                return true;
            },
            [words, at](const target& from) {
                return std::string(words[static_cast<std::size_t>(at(from))]);
            },
            [words, at](const target& from) -> boost::json::value {
                if constexpr (std::is_same_v<Enum, bool>)
                    return at(from);
                else
                    return boost::json::string(words[static_cast<std::size_t>(at(from))]);
            }};
}

// Values with rules of their own.
[[nodiscard]] value_format worker_count();
[[nodiscard]] value_format listener_address();
[[nodiscard]] value_format admin_address();
/// Of a Unix socket's file: `0660`, as chmod(1) writes it.
[[nodiscard]] value_format file_mode(field<std::optional<unsigned>> at);
[[nodiscard]] value_format address_blocks();
[[nodiscard]] value_format header_name();
[[nodiscard]] value_format via_name();
[[nodiscard]] value_format answers();
[[nodiscard]] value_format close_code(bool is_eviction, field<std::uint16_t> at);
[[nodiscard]] value_format close_text(field<std::string> at);
[[nodiscard]] value_format duration_or_none(field<limit_setting> at);
[[nodiscard]] value_format path_of_file(field<std::string> at);
[[nodiscard]] value_format version_number(field<std::string> at);
[[nodiscard]] value_format reset_direction();
[[nodiscard]] value_format health_path();
[[nodiscard]] value_format route_path();
[[nodiscard]] value_format route_upstream();
[[nodiscard]] value_format page_origins();
/// Stored as a path from the working directory; written as one from that of the file.
/// \param example  for a key that has to be there; else "".
[[nodiscard]] value_format path_of_tls_file(std::string_view example, field<std::string> at);

} // namespace pulsegate
