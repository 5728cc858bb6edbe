// A value or why there is none, for functions that can fail in the ordinary course of things.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace pulsegate {

/// A `T`, or an `E` that says why not. Test it with `has_value()` before `*`.
template <class T, class E = boost::system::error_code>
using result = boost::system::result<T, E>;

/// What is wrong with a text that a user wrote, worded for that user.
struct parse_error {
    std::string message; // lower case, the user's text in backticks
    std::string help;    // the cure as text to paste; may be empty

    /// Not an aggregate: else a plain string could be taken for one.
    parse_error() = default;
    parse_error(std::string what, std::string cure)
        : message(std::move(what)), help(std::move(cure)) {}
};

template <class T>
using parsed = result<T, parse_error>;

} // namespace pulsegate
