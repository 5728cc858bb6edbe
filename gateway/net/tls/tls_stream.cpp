#include "net/tls/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <new>

namespace pulsegate {
namespace {

bool is_end_of_file(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_SSL &&
           ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

int give_to_sink(BIO* bio, const char* bytes, std::size_t length, std::size_t* taken) {
    auto* const sink = static_cast<tls_sink*>(BIO_get_data(bio));
    *taken = length;
    return sink->take({reinterpret_cast<const std::uint8_t*>(bytes), length}) ? 1 : 0;
}

long control_sink(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0; // 0: unknown
}

int sink_type() {
    static const int type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK;
    return type;
}

const BIO_METHOD* sink_method() {
    static const BIO_METHOD* const made = [] {
        BIO_METHOD* const method = BIO_meth_new(sink_type(), "tls_sink");
        BIO_meth_set_write_ex(method, give_to_sink);
        BIO_meth_set_ctrl(method, control_sink);
        return method;
    }();
    return made;
}

// Far more than an honest peer sends at once: tickets after the handshake, new keys now and then.
constexpr std::intptr_t most_messages_at_once = 32;

/// OpenSSL deals with messages of TLS itself before it returns from a read, and with as many as the
/// peer sends: whoever floods it with requests for new keys (RFC 8446 §4.6.3), or for a handshake
/// that TLS 1.2 refuses with an alert, would keep the thread. Counts them in the SSL's own data,
/// and has OpenSSL throw away what comes behind the last one that is allowed.
void count_message(int is_sent, int, int kind, const void*, std::size_t, SSL* ssl, void*) {
    const bool is_message =
        is_sent == 0 ? kind == SSL3_RT_HANDSHAKE : kind == SSL3_RT_ALERT && SSL_in_init(ssl) == 0;
    if (!is_message)
        return;
    const auto count = reinterpret_cast<std::intptr_t>(SSL_get_app_data(ssl)) + 1;
    SSL_set_app_data(ssl, reinterpret_cast<void*>(count));
    if (count > most_messages_at_once)
        SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
}

} // namespace

void tls_stream::free_ssl::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

tls_stream::tls_stream(SSL* made, int descriptor, role as) : ssl_(made) {
    if (ssl_ == nullptr || SSL_set_fd(made, descriptor) != 1)
        throw std::bad_alloc(); // neither fails for another reason
    if (as == role::server)
        SSL_set_accept_state(made);
    else
        SSL_set_connect_state(made);
}

tls_stream::outcome tls_stream::why(int result) {
    if (result > 0)
        return outcome::done;
    switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
        return outcome::wants_read;
    case SSL_ERROR_WANT_WRITE:
        return outcome::wants_write;
    case SSL_ERROR_ZERO_RETURN:
        return outcome::ended;
    case SSL_ERROR_SYSCALL:
        is_broken_ = true;
        return outcome::ended;
    default:
        is_broken_ = true;
        return is_end_of_file(ERR_peek_last_error()) ? outcome::ended : outcome::failed;
    }
}

// OpenSSL takes an error that an earlier call left in the thread's queue for one of the next call.

tls_stream::outcome tls_stream::handshake() {
    ERR_clear_error();
    const outcome made = why(SSL_do_handshake(ssl_.get()));
    if (made == outcome::done)
        SSL_set_msg_callback(ssl_.get(), count_message);
    return made;
}

/// Reads from one record; never takes more from the socket than this record needs.
tls_stream::step tls_stream::read(std::span<std::uint8_t> room) {
    if (SSL_get_app_data(ssl_.get()) != nullptr) // see count_message()
        SSL_set_app_data(ssl_.get(), nullptr);
    return read_on(room);
}

tls_stream::step tls_stream::read_on(std::span<std::uint8_t> room) {
    if (is_broken_)
        return {outcome::ended, 0};
    ERR_clear_error();
    std::size_t count = 0;
    const outcome what = why(SSL_read_ex(ssl_.get(), room.data(), room.size(), &count));
    return {what, count};
}

/// Only the first read may take more from the socket than it needs: up to the size of OpenSSL's
/// buffer, a record and a bit. The others empty that buffer and complete the record at its end.
tls_stream::step tls_stream::read_all(std::span<std::uint8_t> room) {
    SSL_set_read_ahead(ssl_.get(), 1);
    step all = read(room);
    SSL_set_read_ahead(ssl_.get(), 0);
    while (all.what == outcome::done && SSL_has_pending(ssl_.get()) == 1 &&
           all.bytes < room.size()) {
        const step next = read_on(room.subspan(all.bytes));
        all.what = next.what;
        all.bytes += next.bytes;
    }
    return all;
}

void tls_stream::write_to(tls_sink& to) {
    BIO* const before = SSL_get_wbio(ssl_.get());
    if (BIO_method_type(before) == sink_type()) {
        BIO_set_data(before, &to);
        return;
    }
    BIO* const bio = BIO_new(sink_method());
    if (bio == nullptr)
        throw std::bad_alloc();
    BIO_set_data(bio, &to);
    BIO_set_init(bio, 1);
    SSL_set0_wbio(ssl_.get(), bio);
}

bool tls_stream::write(std::span<const std::uint8_t> bytes) {
    if (is_broken_)
        return false;
    ERR_clear_error();
    std::size_t count = 0;
    return why(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count)) == outcome::done;
}

void tls_stream::end() {
    if (is_broken_ || has_ended_ || SSL_in_init(ssl_.get()) == 1)
        return;
    has_ended_ = true;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
}

std::string tls_stream::failure() const {
    const unsigned long error = ERR_peek_last_error();
    if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
        ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        const long why = SSL_get_verify_result(ssl_.get());
        return why == X509_V_ERR_APPLICATION_VERIFICATION // as client_tls says it
                   ? "hostname mismatch: the certificate has no subject "
                     "alternative name"
                   : X509_verify_cert_error_string(why);
    }
    const char* const reason = ERR_reason_error_string(error);
    return reason != nullptr ? reason : "the connection broke";
}

bool tls_stream::was_plain_http() {
    const unsigned long error = ERR_peek_last_error();
    return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
}

bool tls_stream::is_in_kernel() const {
    return BIO_get_ktls_send(SSL_get_wbio(ssl_.get())) != 0;
}

} // namespace pulsegate
