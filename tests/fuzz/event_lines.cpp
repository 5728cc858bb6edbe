// Event streams in any pieces, with comments wherever one may stand: a plain reader dispatches the
// events of the stream alone, and a stream that is ended at an event border loses none.
#include "http/event_lines.hpp"
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "support/event_reader.hpp"

#include "input.hpp"

#include <algorithm>
#include <string>

using namespace pulsegate;

namespace {

std::string text(std::span<const std::uint8_t> bytes) {
    return {bytes.begin(), bytes.end()};
}

void pass(event_lines& lines, std::span<const std::uint8_t> bytes, std::string& to) {
    const auto passing = lines.take(bytes);
    to.append(passing.held).append(text(passing.bytes));
}

void check_end(event_lines lines, std::span<const std::uint8_t> left, const std::string& passed) {
    const auto way = lines.to_event_border(left);
    if (!way)
        return;
    std::string ended = passed;
    pass(lines, left.first(*way), ended);
    PULSEGATE_ASSERT(lines.is_at_event_border());
    auto expected = test::read_events(ended);
    ended.append("retry:5").append(lines.line_end()).append(lines.line_end());
    expected.retry = "5";
    PULSEGATE_ASSERT(test::read_events(ended) == expected);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in({data, size});
    // The length of each piece but the last, whether a comment follows, and the stream.
    const auto choices = in.bytes(in.byte() % 8);
    const auto stream = in.rest();
    event_lines lines;
    std::string passed;
    auto left = stream;
    for (const std::uint8_t choice : choices) {
        if (choice % 2 != 0)
            passed += lines.put_comment();
        check_end(lines, left, passed);
        const auto piece = left.first(std::min<std::size_t>(choice / 2, left.size()));
        pass(lines, piece, passed);
        left = left.subspan(piece.size());
    }
    pass(lines, left, passed);
    const std::string end = "\n\ndata:z\n\n"; // whatever was left open
    pass(lines, as_bytes(end), passed);
    PULSEGATE_ASSERT(test::read_events(passed) == test::read_events(text(stream) + end));
    return 0;
}
