// HTTP messages as they come over a connection (RFC 9112): the head as a whole, then the body in
// pieces that are handed on and kept nowhere. Beast parses. No socket here.
#pragma once

#include "http/http_bytes.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace pulsegate {

/// Pieces of a body, in their order, in the bytes that were parsed last.
class body_pieces {
public:
    static constexpr std::size_t most = 60; // chunks may be of one byte each

    [[nodiscard]] bool is_full() const { return count_ >= most; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::span<const iovec> all() const { return std::span(pieces_).first(count_); }

    /// \pre !is_full(), or it is the one more that has room
    void add(std::string_view bytes) {
        if (bytes.empty())
            return;
        pieces_[count_++] = {const_cast<char*>(bytes.data()), bytes.size()};
        bytes_ += bytes.size();
    }
    void clear() { count_ = bytes_ = 0; }

private:
    std::array<iovec, most + 1> pieces_; // of which `count_` are there
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
};

template <bool IsRequest>
class message_reader final : public http::basic_parser<IsRequest> {
public:
    using message = http::message<IsRequest, http::empty_body>;

    message_reader() { this->body_limit(boost::none); }

    /// What is known of the head; all of it once is_header_done().
    [[nodiscard]] const message& get() const { return head_; }
    [[nodiscard]] message& get() { return head_; }
    [[nodiscard]] message release() { return std::move(head_); }

    /// The fields behind a chunked body (RFC 9112 §7.1.2), once is_done().
    [[nodiscard]] const http::fields& trailers() const { return trailers_; }

    /// Parses on behind the head, as far as the bytes and the room for pieces go.
    /// \param pieces  is emptied first. Full: there may be more in the bytes that are left.
    /// \return the number of bytes taken. That more is needed is no error.
    std::size_t read_body(std::span<const std::uint8_t> bytes, body_pieces& pieces,
                          error_code& error) {
        pieces.clear();
        pieces_ = &pieces;
        this->eager(true);
        std::size_t taken = 0;
        while (!error && taken < bytes.size() && !this->is_done())
            taken += this->put(
                boost::asio::const_buffer(bytes.data() + taken, bytes.size() - taken), error);
        pieces_ = nullptr;
        if (error == http::error::need_more || error == http::error::need_buffer)
            error = {};
        return taken;
    }

private:
    using text = boost::beast::string_view;

    void on_request_impl(http::verb method, text method_text, text target, int version,
                         error_code&) override {
        if constexpr (IsRequest) {
            head_.target(target);
            if (method == http::verb::unknown)
                head_.method_string(method_text);
            else
                head_.method(method);
            head_.version(static_cast<unsigned>(version));
        }
    }

    void on_response_impl(int code, text reason, int version, error_code&) override {
        if constexpr (!IsRequest) {
            head_.result(static_cast<unsigned>(code));
            head_.reason(reason);
            head_.version(static_cast<unsigned>(version));
        }
    }

    void on_field_impl(http::field name, text name_text, text value, error_code&) override {
        (this->is_header_done() ? trailers_ : head_.base()).insert(name, name_text, value);
    }

    std::size_t on_body_impl(text body, error_code& error) override {
        if (pieces_ == nullptr || pieces_->is_full()) {
            error = http::error::need_buffer;
            return 0;
        }
        pieces_->add({body.data(), body.size()});
        return body.size();
    }

    std::size_t on_chunk_body_impl(std::uint64_t, text body, error_code& error) override {
        return on_body_impl(body, error);
    }

    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
    void on_finish_impl(error_code&) override {}

    message head_;
    http::fields trailers_;
    body_pieces* pieces_ = nullptr; // while read_body() runs
};

using request_reader = message_reader<true>;
using response_reader = message_reader<false>;

} // namespace pulsegate
