#include "net/transport.hpp"

namespace pulsegate {

void transport::cancel() {
    error_code ignored;
    socket_.cancel(ignored);
}

void transport::shut() {
    if (tls_)
        tls_.end();
    error_code ignored;
    socket_.shutdown(stream_socket::shutdown_send, ignored);
}

void transport::close() {
    if (tls_ && socket_.is_open())
        tls_.end();
    error_code ignored;
    socket_.close(ignored);
}

void transport::take_decrypted(boost::beast::flat_buffer& to) {
    if (!tls_ || tls_.decrypted_bytes() == 0)
        return;
    const auto room = to.prepare(tls_.decrypted_bytes());
    to.commit(tls_.read({static_cast<std::uint8_t*>(room.data()), room.size()}).bytes);
}

transport::parts transport::release() {
    parts out;
    if (socket_.is_open()) {
        error_code error;
        out.descriptor = socket_.release(error);
    }
    out.tls = std::move(tls_);
    return out;
}

} // namespace pulsegate
