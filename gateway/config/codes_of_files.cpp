// PG101 to PG108: the file and its keys.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array rows{
    code_row{code::syntax, "PG101", severity::error, "not valid YAML",
             "The file cannot be read past this place: an indentation that fits no line above, a\n"
             "tab, a bracket or quote without its partner, a `: ` inside unquoted text. Nothing\n"
             "else in the file was checked yet.",
             "heartbeat:\n  interval: 25s\n timeout: 45s\n",
             "heartbeat:\n  interval: 25s\n  timeout: 45s\n",
             "YAML 1.2.2, https://yaml.org/spec/1.2.2/"},
    code_row{code::not_text, "PG102", severity::error, "not a text file",
             "The file has bytes that are not UTF-8, or control characters, which YAML forbids.\n"
             "Often a binary file, a file in another encoding, or a stray key press.",
             "drain:\n  close: { reason: \"bye\x07\" }\n", "drain:\n  close: { reason: \"bye\" }\n",
             "YAML 1.2.2 section 5.1"},
    code_row{code::not_a_map, "PG103", severity::error, "not one map of keys",
             "A configuration is one YAML document: a map from keys such as `routes` to their\n"
             "values. This file holds a list, a single text, or a second document.",
             "- path: /\n  upstream: echo\n", "routes:\n  - path: /\n    upstream: echo\n",
             "gateway.yaml, the documented default"},
    code_row{code::unknown_key, "PG104", severity::error, "unknown key",
             "No such key exists here. A misspelt key would otherwise do nothing, silently. Keys\n"
             "of other versions are not accepted either: a key that is accepted has an effect.",
             "heartbeat:\n  tiemout: 45s\n", "heartbeat:\n  timeout: 45s\n",
             "gateway.yaml has every key"},
    code_row{code::duplicate_key, "PG105", severity::error, "a key set twice",
             "YAML forbids it, and parsers disagree on which of the two values counts.",
             "workers: 2\nlog: { level: info }\nworkers: 4\n", "workers: 4\nlog: { level: info }\n",
             "YAML 1.2.2 section 3.2.1.3"},
    code_row{code::wrong_kind, "PG106", severity::error, "the wrong kind of value",
             "The key takes a text, a list or a map, and has one of the others, or no value at\n"
             "all. Often an indentation that is one level off, or a `-` that is missing.",
             "trusted_proxies: 10.0.0.0/8\n", "trusted_proxies: [10.0.0.0/8]\n",
             "gateway.yaml, the documented default"},
    code_row{code::missing_key, "PG107", severity::error, "a key is missing",
             "Each listener needs its `address`, each route its `path` and its `upstream`: there\n"
             "is no default that would be right for a second one.",
             "routes:\n  - upstream: echo\n", "routes:\n  - path: /\n    upstream: echo\n",
             "gateway.yaml, the documented default"},
    code_row{code::empty_list, "PG108", severity::error, "an empty list",
             "Without a listener nobody can connect; without a route every request gets 404. A\n"
             "gateway that can serve nobody does not start.",
             "routes: []\n", "routes:\n  - path: /\n    upstream: echo\n",
             "gateway.yaml, the documented default"},
};

} // namespace

std::span<const code_row> file_codes() {
    return rows;
}

} // namespace pulsegate
