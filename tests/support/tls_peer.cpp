#include "support/tls_peer.hpp"

#include "support/patience.hpp"
#include "support/raw_socket.hpp"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace pulsegate::test {

void tls_peer::freed::operator()(SSL_CTX* context) const {
    SSL_CTX_free(context);
}
void tls_peer::freed::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

tls_peer::tls_peer(const socket_address& to, const tls_wishes& wishes)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      context_(SSL_CTX_new(TLS_client_method())) {
    const auto& tcp = std::get<tcp_address>(to);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(tcp.port);
    address.sin_addr.s_addr = ::inet_addr(tcp.host.c_str());
    const timeval longest{std::chrono::seconds(patience).count(), 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("TLS peer: cannot connect");

    SSL_CTX* const ctx = context_.get();
    if (!wishes.ca_file.empty()) {
        SSL_CTX_load_verify_file(ctx, wishes.ca_file.c_str());
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
    }
    if (!wishes.own.certificate.empty()) {
        SSL_CTX_use_certificate_chain_file(ctx, wishes.own.certificate.c_str());
        SSL_CTX_use_PrivateKey_file(ctx, wishes.own.private_key.c_str(), SSL_FILETYPE_PEM);
    }
    SSL_CTX_set_min_proto_version(ctx, wishes.least_version);
    SSL_CTX_set_max_proto_version(ctx, wishes.most_version);
    if (wishes.is_insecure)
        SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
    if (!wishes.ciphers.empty())
        SSL_CTX_set_cipher_list(ctx, wishes.ciphers.c_str());
    if (!wishes.groups.empty())
        SSL_CTX_set1_groups_list(ctx, wishes.groups.c_str());
    ssl_.reset(SSL_new(ctx));
    if (!wishes.server_name.empty())
        SSL_set_tlsext_host_name(ssl_.get(), wishes.server_name.c_str());
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(wishes.protocols.data()),
                        static_cast<unsigned>(wishes.protocols.size()));
    SSL_set_fd(ssl_.get(), descriptor_);
}

tls_peer::~tls_peer() {
    ::close(descriptor_);
}

void tls_peer::note_failure() {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    failure_ = reason != nullptr ? reason : "";
}

void tls_peer::resume(const tls_peer& other) {
    SSL_set_session(ssl_.get(), SSL_get0_session(other.ssl_.get()));
}

bool tls_peer::handshake() {
    ERR_clear_error();
    const bool has_worked = SSL_connect(ssl_.get()) == 1;
    if (!has_worked)
        note_failure();
    return has_worked;
}

std::string tls_peer::version() const {
    return SSL_get_version(ssl_.get());
}

std::string tls_peer::cipher() const {
    return SSL_get_cipher_name(ssl_.get());
}

std::string tls_peer::group() const {
    const char* const name = OBJ_nid2sn(static_cast<int>(SSL_get_negotiated_group(ssl_.get())));
    return name != nullptr ? name : "";
}

std::string tls_peer::protocol() const {
    const unsigned char* chosen = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl_.get(), &chosen, &length);
    return {reinterpret_cast<const char*>(chosen), length};
}

std::string tls_peer::certificate() const {
    std::array<char, 256> name{};
    X509* const shown = SSL_get0_peer_certificate(ssl_.get());
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name.data(),
                              static_cast<int>(name.size()));
    return name.data();
}

bool tls_peer::is_resumed() const {
    return SSL_session_reused(ssl_.get()) == 1;
}

void tls_peer::send(std::string_view bytes) {
    ERR_clear_error();
    if (SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0)
        note_failure();
}

void tls_peer::update_keys() {
    SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
}

bool tls_peer::flood_with_key_updates(int count) {
    BIO* const socket = SSL_get_wbio(ssl_.get());
    BIO_up_ref(socket);
    BIO* const gathered = BIO_new(BIO_s_mem());
    BIO_up_ref(gathered);
    SSL_set0_wbio(ssl_.get(), gathered);
    for (int i = 0; i < count; ++i) {
        update_keys();
        SSL_do_handshake(ssl_.get());
    }
    SSL_set0_wbio(ssl_.get(), socket);
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(gathered, &bytes);
    std::string_view rest(bytes, static_cast<std::size_t>(length));
    while (!rest.empty()) {
        const auto sent = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            break;
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    const bool is_whole = rest.empty();
    BIO_free(gathered);
    return is_whole;
}

void tls_peer::say_goodbye() {
    SSL_shutdown(ssl_.get());
}

void tls_peer::end_sending() {
    ::shutdown(descriptor_, SHUT_WR);
}

std::string tls_peer::read() {
    std::array<char, 16 * 1024> room{};
    ERR_clear_error();
    const int count = SSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()));
    if (count > 0)
        return {room.data(), static_cast<std::size_t>(count)};
    note_failure();
    return "";
}

std::string tls_peer::read_until(std::string_view what) {
    std::string all;
    while (all.find(what) == std::string::npos) {
        const std::string more = read();
        if (more.empty())
            throw std::runtime_error("TLS peer: the end instead of `" + std::string(what) +
                                     "`: " + failure_);
        all += more;
    }
    return all;
}

bool tls_peer::has_clean_end() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string tls_peer::upgrade() {
    send(upgrade_request_text());
    return read_until("\r\n\r\n");
}

std::string client_hello(const std::string& groups) {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    if (!groups.empty())
        SSL_CTX_set1_groups_list(context, groups.c_str());
    SSL* const ssl = SSL_new(context);
    SSL_CTX_free(context);
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), out);
    (void)SSL_connect(ssl);
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(out, &bytes);
    const std::string hello(bytes, static_cast<std::size_t>(length));
    SSL_free(ssl);
    return hello;
}

} // namespace pulsegate::test
