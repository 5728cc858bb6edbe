// Where comments may stand in event streams, and where these may end: by a plain reading of them.
#include "base/bytes.hpp"
#include "http/event_lines.hpp"
#include "support/event_reader.hpp"
#include "support/random_source.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace pulsegate {
namespace {

using namespace std::literals;

constexpr std::string_view mark = "\xEF\xBB\xBF";

/// Hands bytes on as the exchange does.
void pass(event_lines& lines, std::string_view bytes, std::string& to) {
    const auto passing = lines.take(as_bytes(bytes));
    to += passing.held;
    to.append(passing.bytes.begin(), passing.bytes.end());
}

/// Whether a plain reading has a line begin at `at`: a comment may stand exactly there.
bool begins_line(std::string_view stream, std::size_t at) {
    if (at == 0 || (at == mark.size() && stream.starts_with(mark)))
        return true;
    return stream[at - 1] == '\n' || stream[at - 1] == '\r';
}

/// Whether nothing but whole events and comments is in front of `at`.
bool ends_event(std::string_view stream, std::size_t at) {
    if (!begins_line(stream, at))
        return false;
    bool result = true;
    for (const std::string& line : test::whole_lines(test::without_mark(stream.substr(0, at))))
        result = line.empty() || (result && line.starts_with(':'));
    return result;
}

/// Every stream of up to `count` lines, in every mixture of line ends; the last one may be open.
std::vector<std::string> all_streams(std::size_t count) {
    std::vector<std::string> whole{""};
    std::vector<std::string> result;
    for (std::size_t begin = 0; count > 0; --count) {
        const std::size_t end = whole.size();
        for (; begin < end; ++begin) {
            for (const auto line : {""sv, "data:x"sv, "id:7"sv, ":"sv}) {
                result.push_back(whole[begin] + std::string(line));
                for (const auto line_end : {"\n"sv, "\r"sv, "\r\n"sv})
                    whole.push_back(result.back() + std::string(line_end));
            }
        }
    }
    result.insert(result.end(), whole.begin(), whole.end());
    for (std::size_t i = 0, size = result.size(); i < size; ++i)
        result.push_back(std::string(mark) + result[i]);
    // What looks like a mark and is none.
    for (const auto start : {"\xEF"sv, "\xEF\xBB"sv, "\xEF\xBB\xBF\xEF\xBB\xBF"sv})
        result.push_back(std::string(start) + "data:y\n\n");
    return result;
}

/// What a stream is followed by, so that what was left open is dispatched, too.
constexpr std::string_view last_event = "\n\ndata:z\n\n";

TEST_CASE(
    "comments at every line change no event, whatever ends the lines and wherever it is cut") {
    for (const std::string& stream : all_streams(3)) {
        const auto expected = test::read_events(stream + std::string(last_event));
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            for (const int comments : {1, 2}) {
                event_lines lines;
                std::string passed;
                pass(lines, std::string_view(stream).substr(0, cut), passed);
                bool is_put = true;
                for (int i = 0; i < comments; ++i) {
                    const auto comment = lines.put_comment();
                    is_put = is_put && !comment.empty();
                    passed += comment;
                }
                pass(lines, std::string_view(stream).substr(cut), passed);
                pass(lines, last_event, passed);
                if (is_put != begins_line(stream, cut) || test::read_events(passed) != expected) {
                    CAPTURE(stream);
                    FAIL("cut=" << cut << " comments=" << comments << " passed: " << passed);
                }
            }
        }
    }
}

TEST_CASE("a stream without comments passes as it is") {
    for (const std::string& stream : all_streams(2)) {
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            event_lines lines;
            std::string passed;
            pass(lines, std::string_view(stream).substr(0, cut), passed);
            pass(lines, std::string_view(stream).substr(cut), passed);
            CHECK(passed == stream);
        }
    }
}

TEST_CASE("comments behind every byte that allows one change no event") {
    for (const std::string& stream : all_streams(4)) {
        event_lines lines;
        std::string passed{lines.put_comment()};
        for (const char byte : stream + std::string(last_event)) {
            pass(lines, {&byte, 1}, passed);
            passed += lines.put_comment();
        }
        if (test::read_events(passed) != test::read_events(stream + std::string(last_event))) {
            CAPTURE(stream);
            FAIL("passed: " << passed);
        }
    }
}

TEST_CASE("a stream that ends with retry at an event border has dispatched all that was passed") {
    for (const std::string& stream : all_streams(3)) {
        event_lines by_bytes;
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            const std::string first = stream.substr(0, cut);
            event_lines lines;
            std::string passed;
            pass(lines, first, passed);
            // In front of a mark there is a border, too, and within it there is none.
            const bool is_border = ends_event(stream, cut);
            if (lines.is_at_event_border() != is_border ||
                by_bytes.is_at_event_border() != is_border) {
                CAPTURE(stream);
                FAIL("cut=" << cut);
            }
            std::string ignored;
            pass(by_bytes, std::string_view(stream).substr(cut, 1), ignored);
            if (!is_border)
                continue;
            passed.append("retry:5").append(lines.line_end()).append(lines.line_end());
            auto expected = test::read_events(first);
            expected.retry = "5";
            if (test::read_events(passed) != expected) {
                CAPTURE(stream);
                FAIL("cut=" << cut << " passed: " << passed);
            }
        }
    }
}

TEST_CASE("the way to the next event border ends at the first one") {
    for (const std::string& stream : all_streams(3)) {
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            if (cut < mark.size() && stream.starts_with(mark))
                continue; // nobody ends a stream within its mark
            event_lines lines;
            std::string passed;
            pass(lines, std::string_view(stream).substr(0, cut), passed);
            std::size_t border = cut;
            while (border <= stream.size() && !ends_event(stream, border))
                ++border;
            const auto way = lines.to_event_border(as_bytes(std::string_view(stream).substr(cut)));
            if (way.has_value() != (border <= stream.size()) || (way && cut + *way != border)) {
                CAPTURE(stream);
                FAIL("cut=" << cut << " border=" << border);
            }
        }
    }
}

struct ending_row {
    std::string_view name;
    std::string_view passed;
    std::string_view comment;
    std::string_view line_end;
};

constexpr ending_row ending_rows[]{
    {"nothing", "", ":\n\n", "\n"},
    {"an event with LF", "data:x\n\n", ":\n\n", "\n"},
    {"an event with CRLF", "data:x\r\n\r\n", ":\r\n\r\n", "\r\n"},
    {"an event with CR", "data:x\r\r", ":\r\r", "\r"},
    {"a line with LF", "data:x\n", ":\n", "\n"},
    {"a line with CRLF", "data:x\r\n", ":\r\n", "\r\n"},
    {"a line with CR", "data:x\r", ":\r", "\r"},
    {"a comment without a blank line", "data:x\n\n:\n", ":\n\n", "\n"},
    {"a comment within an event", "data:x\n:\n", ":\n", "\n"},
    {"a begun line", "data:x\n\nda", "", "\n"},
    {"a begun comment", ":", "", "\n"},
};

TEST_CASE("a comment has the line ends of its stream") {
    for (const ending_row& row : ending_rows) {
        CAPTURE(row.name);
        event_lines lines;
        std::string passed;
        pass(lines, row.passed, passed);
        CHECK(lines.put_comment() == row.comment);
        CHECK(lines.line_end() == row.line_end);
    }
}

TEST_CASE("a byte order mark behind a comment is left out, in however many pieces it comes") {
    for (std::size_t first = 0; first <= mark.size(); ++first) {
        for (std::size_t second = first; second <= mark.size(); ++second) {
            event_lines lines;
            std::string passed{lines.put_comment()};
            pass(lines, mark.substr(0, first), passed);
            passed += lines.put_comment();
            pass(lines, mark.substr(first, second - first), passed);
            pass(lines, std::string(mark.substr(second)) + "data:x\n\n", passed);
            CHECK(passed == ":\n\n:\n\ndata:x\n\n");
        }
    }
}

TEST_CASE("long streams are followed in pieces of any length as they are byte by byte") {
    const std::vector<std::string_view> ends{"\n", "\r", "\r\n"};
    for (const std::uint64_t seed : test::seeds(200)) {
        CAPTURE(seed);
        test::random_source random(seed);
        std::string stream;
        const bool is_mixed = random.is_one_in(2);
        const std::uint64_t end = random.below(3);
        while (stream.size() < 8'000) {
            const std::uint64_t most = random.is_one_in(20) ? 2'000 : 100;
            if (!random.is_one_in(3))
                stream +=
                    (random.is_one_in(4) ? ":" : "data:") + std::string(random.below(most), 'x');
            stream += ends[is_mixed ? random.below(3) : end];
        }
        event_lines whole_pieces;
        event_lines single_bytes;
        std::string passed;
        for (std::size_t at = 0; at < stream.size();) {
            const auto piece = std::string_view(stream).substr(at, 1 + random.below(3'000));
            pass(whole_pieces, piece, passed);
            for (const char& byte : piece)
                pass(single_bytes, {&byte, 1}, passed);
            at += piece.size();
            REQUIRE(whole_pieces.is_at_event_border() == single_bytes.is_at_event_border());
            REQUIRE(whole_pieces.line_end() == single_bytes.line_end());
            REQUIRE(whole_pieces.put_comment() == single_bytes.put_comment());
        }
    }
}

} // namespace
} // namespace pulsegate
