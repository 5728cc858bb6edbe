#include "net/tls/tls_context.hpp"

#include "base/ip_address.hpp"
#include "base/log.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <iterator>
#include <new>
#include <span>
#include <stdexcept>

namespace pulsegate {
namespace {

// The one protocol that is spoken here, in the form of RFC 7301 §3.1: each name behind its length.
constexpr std::array<unsigned char, 9> http_1_1{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// Key exchange that costs well under a millisecond. OpenSSL would do others as well, of which
// ffdhe8192 keeps a processor busy for a sixth of a second, for a ClientHello that costs nothing.
constexpr const char* cheap_groups = "X25519:P-256:P-384";

// An application has chosen its own cost, and its certificate may be for P-521.
constexpr const char* groups_of_apps = "X25519:P-256:P-384:P-521";

// Of TLS 1.2 only what TLS 1.3 would do: ephemeral keys and authenticated encryption.
constexpr const char* ciphers_of_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

[[noreturn]] void fail(const std::string& what, const std::string& file) {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    throw std::runtime_error("cannot use " + file + " as " + what + ": " +
                             (reason != nullptr ? reason : "unknown reason"));
}

ssl_ctx make_context(const SSL_METHOD* method, const char* groups) {
    ssl_ctx made(SSL_CTX_new(method));
    if (made == nullptr)
        throw std::bad_alloc();
    SSL_CTX* const ctx = made.get();
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Many end TCP without the goodbye of TLS. Whether a session is complete is what WebSocket's
    // Close tells, so that is an end like any other, and the other direction stays as it is.
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    if (SSL_CTX_set1_groups_list(ctx, groups) != 1)
        throw std::runtime_error("OpenSSL lacks one of the groups " + std::string(groups));
    return made;
}

/// Nobody is there to type a password.
int no_password(char*, int, int, void*) {
    return 0;
}

void load(SSL_CTX* ctx, const certificate_files& files) {
    ERR_clear_error();
    SSL_CTX_set_default_passwd_cb(ctx, no_password);
    if (SSL_CTX_use_certificate_chain_file(ctx, files.certificate.c_str()) != 1)
        fail("a certificate", files.certificate);
    if (SSL_CTX_use_PrivateKey_file(ctx, files.private_key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1)
        fail("the private key of " + files.certificate, files.private_key);
}

/// Of the certificate itself, not of those that lead to its authority.
certificate_end end_of(const SSL_CTX* ctx, const std::string& file) {
    std::tm when{};
    const X509* const certificate = SSL_CTX_get0_certificate(ctx);
    ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &when);
    return {file, std::chrono::system_clock::from_time_t(::timegm(&when))};
}

void trust(SSL_CTX* ctx, const std::string& file) {
    ERR_clear_error();
    if (SSL_CTX_load_verify_file(ctx, file.c_str()) != 1)
        fail("certificates of authorities", file);
}

/// Asks clients for a certificate. What a client once showed counts no longer when the authorities
/// change: tickets are good for one session id context, so it is made of the file.
void require_certificates(SSL_CTX* ctx, const std::string& file) {
    trust(ctx, file);
    SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(file.c_str()));
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    std::ifstream in(file);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
    SSL_CTX_set_session_id_context(ctx, digest.data(), length);
}

/// RFC 7301 §3.2: a client that names protocols, but not this one, is refused.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void*) {
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, length, http_1_1.data(), http_1_1.size(), offered,
                              offered_length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

/// Seals a new ticket, or opens one, with AES-256 and HMAC-SHA256, as OpenSSL does by itself.
/// Returns what SSL_CTX_set_tlsext_ticket_key_evp_cb(3) wants: 0 no such key, 2 a new ticket is
/// due.
int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, int is_new) {
    constexpr int failed = -1;
    auto& keys = *static_cast<ticket_keys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    keys.advance(clock::now());
    ticket_keys::found with{keys.current(), true};
    if (is_new == 1) {
        std::copy(with.what.name.begin(), with.what.name.end(), name);
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1)
            return failed;
    } else {
        const auto found = keys.find(std::span<const unsigned char, 16>(name, 16));
        if (!found)
            return 0;
        with = *found;
    }
    std::array<char, 7> digest{"SHA256"};
    const std::array parameters{
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, with.what.mac.data(),
                                          with.what.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, with.what.cipher.data(), iv,
                          is_new) != 1 ||
        EVP_MAC_CTX_set_params(mac, parameters.data()) != 1)
        return failed;
    return with.is_current ? 1 : 2;
}

/// Decides nothing: where a certificate has not the host's name, and none at all, that is told as a
/// reason of its own, since its common name may well be the host's.
int tell_of_missing_names(int is_good, X509_STORE_CTX* of) {
    if (X509_STORE_CTX_get_error(of) == X509_V_ERR_HOSTNAME_MISMATCH &&
        X509_get_ext_by_NID(X509_STORE_CTX_get0_cert(of), NID_subject_alt_name, -1) < 0)
        X509_STORE_CTX_set_error(of, X509_V_ERR_APPLICATION_VERIFICATION);
    return is_good;
}

/// The host names that a certificate is for.
std::vector<std::string> names_of(X509* certificate) {
    std::vector<std::string> names;
    const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> all(
        static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        GENERAL_NAMES_free);
    for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
        int kind = 0;
        const auto* const value = static_cast<const ASN1_STRING*>(
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &kind));
        if (kind == GEN_DNS)
            names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                               static_cast<std::size_t>(ASN1_STRING_length(value)));
    }
    return names;
}

} // namespace

void free_ssl_ctx::operator()(SSL_CTX* context) const {
    SSL_CTX_free(context);
}

// --- Listeners ---

server_tls::server_tls(const listener_tls_settings& settings, const server_tls* before)
    : tickets_(before != nullptr ? before->tickets_ : std::make_shared<ticket_keys>(clock::now())),
      wants_kernel_(settings.kernel) {
    add(settings.own, settings);
    for (const certificate_files& each : settings.others)
        add(each, settings);
    SSL_CTX* const first = contexts_.front().get();
    SSL_CTX_set_tlsext_servername_callback(first, choose);
    SSL_CTX_set_tlsext_servername_arg(first, this);
}

void server_tls::add(const certificate_files& files, const listener_tls_settings& settings) {
    contexts_.push_back(make_context(TLS_server_method(), cheap_groups));
    SSL_CTX* const ctx = contexts_.back().get();
    SSL_CTX_set_cipher_list(ctx, ciphers_of_1_2);
    // The server's order; a client that would rather have ChaCha20, as phones do, gets it.
    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    load(ctx, files);
    ends_.push_back(end_of(ctx, files.certificate));
    if (settings.min_version == tls_version::v1_3)
        SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
    if (settings.kernel)
        SSL_CTX_set_options(ctx, SSL_OP_ENABLE_KTLS);
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_timeout(ctx, std::chrono::seconds(ticket_keys::period).count());
    SSL_CTX_set_app_data(ctx, tickets_.get());
    SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, use_ticket_key);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
    if (!settings.client_ca.empty())
        require_certificates(ctx, settings.client_ca);
    for (const std::string& name : names_of(SSL_CTX_get0_certificate(ctx)))
        names_.add(name, contexts_.size() - 1);
}

int server_tls::choose(SSL* ssl, int*, void* self) {
    const auto* const all = static_cast<const server_tls*>(self);
    const char* const host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (host != nullptr)
        if (const auto found = all->names_.find(host); found && *found != 0)
            SSL_set_SSL_CTX(ssl, all->contexts_[*found].get());
    return SSL_TLSEXT_ERR_OK;
}

tls_stream server_tls::accept(int descriptor) const {
    return {SSL_new(contexts_.front().get()), descriptor, tls_stream::role::server};
}

void server_tls::tell_of_kernel(const tls_stream& stream) const {
    if (!wants_kernel_ || has_told_.exchange(true, std::memory_order_relaxed))
        return;
    const bool is_used = stream.is_in_kernel();
    log::write(log::level::info, is_used ? "the kernel encrypts" : "the kernel does not encrypt",
               {{"help", is_used ? "" : "load its module: modprobe tls"}});
}

// --- Applications ---

client_tls::client_tls(const websocket_upstream& app, const app_tls_settings& settings)
    : context_(make_context(TLS_client_method(), groups_of_apps)),
      name_(settings.server_name.empty() ? app.address.host : settings.server_name) {
    SSL_CTX* const ctx = context_.get();
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, tell_of_missing_names);
    SSL_CTX_set_alpn_protos(ctx, http_1_1.data(), http_1_1.size());
    if (!settings.own.certificate.empty()) {
        load(ctx, settings.own);
        ends_.push_back(end_of(ctx, settings.own.certificate));
    }
    if (!settings.ca_file.empty())
        trust(ctx, settings.ca_file);
    else
        SSL_CTX_set_default_verify_paths(ctx);
}

tls_stream client_tls::connect(int descriptor) const {
    SSL* const ssl = SSL_new(context_.get());
    tls_stream made(ssl, descriptor, tls_stream::role::client);
    if (ip_address::parse(name_)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name_.c_str());
    } else {
        SSL_set_tlsext_host_name(ssl, name_.c_str()); // RFC 6066 §3: never an address
        SSL_set1_host(ssl, name_.c_str());
        // RFC 9525 §6.3: a common name is not the name of a host.
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                   X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    }
    return made;
}

tls_contexts::tls_contexts(const configuration& from, const tls_contexts* before) {
    const auto note = [this](const std::vector<certificate_end>& ends) {
        for (const certificate_end& each : ends)
            if (std::none_of(certificates.begin(), certificates.end(),
                             [&](const certificate_end& known) { return known.file == each.file; }))
                certificates.push_back(each);
    };
    const auto find_before = [&](const socket_address& address) -> const server_tls* {
        for (std::size_t i = 0; before != nullptr && i < before->listeners.size(); ++i)
            if (before->addresses[i] == address)
                return before->listeners[i].get();
        return nullptr;
    };
    for (const listener_settings& each : from.listeners) {
        addresses.push_back(each.address);
        listeners.push_back(each.tls.is_on() ? std::make_shared<const server_tls>(
                                                   each.tls, find_before(each.address))
                                             : nullptr);
        if (listeners.back() != nullptr)
            note(listeners.back()->certificates());
    }
    for (const route& each : from.routes) {
        const auto* const app = std::get_if<websocket_upstream>(&each.to);
        routes.push_back(app != nullptr && app->is_secure
                             ? std::make_shared<const client_tls>(*app, each.tls)
                             : nullptr);
        if (routes.back() != nullptr)
            note(routes.back()->certificates());
    }
}

} // namespace pulsegate
