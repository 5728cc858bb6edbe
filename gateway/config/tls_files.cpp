#include "config/tls_files.hpp"

#include "base/ascii_case.hpp"
#include "base/ip_address.hpp"
#include "base/quoted.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <sys/stat.h>

#include <array>
#include <ctime>
#include <memory>

namespace pulsegate {
namespace {

using days = std::chrono::duration<long, std::ratio<86'400>>;
constexpr days shortest_rest{14}; // of a certificate's time, before it is worth a warning

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* what) const {
        Free(what);
    }
};
using bio = std::unique_ptr<BIO, freed_by<BIO_free>>;
using x509 = std::unique_ptr<X509, freed_by<X509_free>>;
using private_key = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using ssl_context = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;

bio reader_of(const std::string& text) {
    return bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Nobody is asked for a password.
int no_password(char*, int, int, void*) {
    return 0;
}

std::string words_of_openssl() {
    const char* const words = ERR_reason_error_string(ERR_peek_last_error());
    return words != nullptr ? words : "OpenSSL does not say why";
}

std::string day_of(std::chrono::system_clock::time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%F", &parts)};
}

std::chrono::system_clock::time_point to_time(const ASN1_TIME* when) {
    std::tm parts{};
    ASN1_TIME_to_tm(when, &parts);
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

class files_check {
public:
    files_check(const load_result& loaded, const pem_environment& from)
        : origins_(loaded.origins), from_(from) {}

    void check_pair(const std::string& path, const certificate_files& files) {
        if (files.certificate.empty())
            return;
        const x509 certificate = read_certificate(path + ".certificate", files.certificate);
        const private_key key = read_key(path + ".private_key", files.private_key);
        if (certificate == nullptr)
            return;
        check_time(path + ".certificate", *certificate);
        if (key == nullptr)
            return;
        if (X509_check_private_key(certificate.get(), key.get()) != 1) {
            add(code::tls_mismatch, path + ".private_key",
                quoted(files.private_key) + " is not the key of " + quoted(files.certificate), "",
                "take the key that the certificate was made with; the file of the certificate "
                "begins with the gateway's own");
            return;
        }
        check_strength(path + ".certificate", files.certificate, *certificate);
    }

    void check_authorities(const std::string& path, const std::string& file) {
        if (!file.empty())
            (void)read_certificate(path, file);
    }

    /// The authorities of an application: its own certificate may be the only one.
    /// \param host  whose name it has to have.
    void check_app_authorities(const std::string& path, const std::string& file,
                               const std::string& host) {
        if (file.empty())
            return;
        const x509 certificate = read_certificate(path, file);
        if (certificate != nullptr && is_own_of(*certificate, host) && !has_names(*certificate))
            add_no_names(path, file, host);
    }

    std::vector<diagnostic> found;

private:
    void add(code id, const std::string& path, std::string message, std::string label,
             std::string help) {
        const auto at = origins_.find(path);
        if (at != origins_.end())
            found.push_back({id,
                             std::move(message),
                             {at->second.value, std::move(label)},
                             {},
                             std::move(help)});
    }

    [[nodiscard]] static bool has_names(const X509& certificate) {
        return X509_get_ext_by_NID(&certificate, NID_subject_alt_name, -1) >= 0;
    }

    /// True for a certificate that a host has signed for itself.
    [[nodiscard]] static bool is_own_of(X509& certificate, const std::string& host) {
        X509_NAME* const subject = X509_get_subject_name(&certificate);
        std::array<char, 256> name{};
        return X509_NAME_cmp(subject, X509_get_issuer_name(&certificate)) == 0 &&
               X509_NAME_get_text_by_NID(subject, NID_commonName, name.data(),
                                         static_cast<int>(name.size())) > 0 &&
               equals_ignoring_case(name.data(), host);
    }

    void add_no_names(const std::string& path, const std::string& file, const std::string& host) {
        const std::string kind = ip_address::parse(host) ? "IP:" : "DNS:";
        add(code::tls_no_names, path, quoted(file) + " names no host",
            "has no subject alternative name",
            "have it made again with one: `openssl req -x509 -addext subjectAltName=" + kind +
                host + " …`");
    }

    [[nodiscard]] std::optional<pem_file> read(const std::string& path, const std::string& file) {
        auto text = from_.read(file);
        if (text.has_value())
            return std::move(*text);
        const bool is_forbidden = text.error() == boost::system::errc::permission_denied;
        add(code::tls_unreadable, path, quoted(file) + " cannot be read", text.error().message(),
            is_forbidden ? "let the user that runs the gateway read it"
                         : "paths are taken from the directory of this file");
        return std::nullopt;
    }

    [[nodiscard]] x509 read_certificate(const std::string& path, const std::string& file) {
        const auto text = read(path, file);
        if (!text)
            return nullptr;
        ERR_clear_error();
        x509 made(PEM_read_bio_X509(reader_of(text->text).get(), nullptr, no_password, nullptr));
        if (made == nullptr)
            add(code::tls_unusable, path, quoted(file) + " holds no certificate in PEM",
                words_of_openssl(),
                "give a file with `-----BEGIN CERTIFICATE-----` in it; for one in DER: `openssl "
                "x509 "
                "-inform der -in " +
                    file + " -out certificate.pem`");
        return made;
    }

    [[nodiscard]] private_key read_key(const std::string& path, const std::string& file) {
        const auto text = read(path, file);
        if (!text)
            return nullptr;
        if (text->is_open_to_all || text->is_writable_by_all)
            add(code::tls_open_key, path,
                quoted(file) + (text->is_open_to_all ? " can be read by every user"
                                                     : " can be written by every user"),
                "", "run `chmod 600 " + file + "`, as the user that runs the gateway");
        ERR_clear_error();
        private_key made(
            PEM_read_bio_PrivateKey(reader_of(text->text).get(), nullptr, no_password, nullptr));
        const bool has_password = text->text.find("ENCRYPTED") != std::string::npos;
        if (made == nullptr)
            add(code::tls_unusable, path,
                quoted(file) + (has_password ? " has a password" : " holds no private key in PEM"),
                words_of_openssl(),
                has_password ? "remove it: `openssl pkey -in " + file + " -out private.key`"
                             : "give a file with `-----BEGIN PRIVATE KEY-----` in it");
        return made;
    }

    void check_time(const std::string& path, const X509& certificate) {
        const auto begin = to_time(X509_get0_notBefore(&certificate));
        const auto end = to_time(X509_get0_notAfter(&certificate));
        if (from_.now < begin)
            add(code::tls_expires, path, "this certificate is not valid yet",
                "begins on " + day_of(begin), "look at the clock of this machine");
        else if (end <= from_.now)
            add(code::tls_expires, path, "this certificate has expired", "ended on " + day_of(end),
                "renew it, and reload the gateway (SIGHUP)");
        else if (end - from_.now < shortest_rest)
            add(code::tls_expires, path, "this certificate expires soon", "ends on " + day_of(end),
                "renew it, and reload the gateway (SIGHUP)");
    }

    /// Keys that are too short, signatures with MD5 and the like: as OpenSSL is set up here.
    void check_strength(const std::string& path, const std::string& file, X509& certificate) {
        const ssl_context trial(SSL_CTX_new(TLS_method()));
        ERR_clear_error();
        if (SSL_CTX_use_certificate(trial.get(), &certificate) != 1)
            add(code::tls_unusable, path, "OpenSSL refuses " + quoted(file), words_of_openssl(),
                "have a new one made, with a key of at least 2048 bits for RSA, or of the curve "
                "P-256");
    }

    const origin_map& origins_;
    const pem_environment& from_;
};

} // namespace

pem_environment pem_files_of_this_machine() {
    const auto read = [](const std::string& path) -> result<pem_file> {
        struct stat status {};
        const auto text = read_regular_source(path);
        if (!text.has_value())
            return text.error();
        (void)::stat(path.c_str(), &status);
        return pem_file{(*text)->text(), (status.st_mode & S_IROTH) != 0,
                        (status.st_mode & S_IWOTH) != 0};
    };
    return {read, std::chrono::system_clock::now()};
}

std::vector<diagnostic> check_tls_files(const load_result& loaded, const pem_environment& from) {
    files_check check(loaded, from);
    for (std::size_t i = 0; i < loaded.values.listeners.size(); ++i) {
        const listener_tls_settings& tls = loaded.values.listeners[i].tls;
        const std::string path = "listeners[" + std::to_string(i) + "].tls";
        check.check_pair(path, tls.own);
        for (std::size_t j = 0; j < tls.others.size(); ++j)
            check.check_pair(path + ".other_certificates[" + std::to_string(j) + ']',
                             tls.others[j]);
        check.check_authorities(path + ".client_ca", tls.client_ca);
    }
    for (std::size_t i = 0; i < loaded.values.routes.size(); ++i) {
        const app_tls_settings& tls = loaded.values.routes[i].tls;
        const std::string path = "routes[" + std::to_string(i) + "].tls";
        check.check_pair(path, tls.own);
        const auto* const app = std::get_if<websocket_upstream>(&loaded.values.routes[i].to);
        check.check_app_authorities(path + ".ca_file", tls.ca_file,
                                    tls.server_name.empty() && app != nullptr ? app->address.host
                                                                              : tls.server_name);
    }
    sort_and_unique(check.found);
    return std::move(check.found);
}

} // namespace pulsegate
