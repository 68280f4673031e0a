#include "gateway/net/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <ctime>

namespace gateway::net {
namespace {

constexpr long kModes =
    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS;

// For TLS 1.2; those of 1.3 are all fine.  Forward secrecy and authenticated encryption, as RFC 9325 §4.2
// asks. DHE is for the mail servers on Windows Server 2012 R2: with RSA keys these have no ECDHE with GCM.
constexpr char kStrong[] = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:!aNULL:!aDSS:!PSK:!SRP";
// Behind them what older senders have: CBC (LUCKY13) and key exchange without forward secrecy.
constexpr char kCompatible[] =
    "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:ECDHE+AES:DHE+AES:kRSA+AESGCM:kRSA+AES:"
    "!aNULL:!aDSS:!PSK:!SRP:!AESCCM";

std::shared_ptr<ssl_ctx_st> new_context(const SSL_METHOD* method) {
  std::shared_ptr<ssl_ctx_st> context(SSL_CTX_new(method), &SSL_CTX_free);
  if (!context) return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);  // RFC 8996
  SSL_CTX_set_mode(context.get(), kModes);
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  return context;
}

Error trouble(const char* what, const std::filesystem::path& file) {
  return Error(fmt::format("{} {}: {}", what, file.string(), tls_error()));
}

Result<std::shared_ptr<ssl_ctx_st>> load_context(const settings::Certificate& files,
                                                 settings::TlsCiphers ciphers) {
  ERR_clear_error();
  auto context = new_context(TLS_server_method());
  if (!context) return Error("TLS cannot start: " + tls_error());
  const char* const list = ciphers == settings::TlsCiphers::strong ? kStrong : kCompatible;
  if (SSL_CTX_set_cipher_list(context.get(), list) != 1)
    return Error("TLS has none of the ciphers: " + tls_error());
  SSL_CTX_set_dh_auto(context.get(), 1);  // a group as strong as the key
  // Sessions are resumed by tickets, which cost us no memory; one is enough for a client that comes again.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 1);
  SSL_CTX_set_read_ahead(context.get(), 1);  // one system call for a record, not two
  constexpr unsigned char kSessionContext[] = "postern";
  SSL_CTX_set_session_id_context(context.get(), kSessionContext, sizeof kSessionContext - 1);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
    return trouble("cannot read the TLS certificate", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return trouble("cannot read the TLS key", files.key);
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return trouble("the TLS certificate does not belong to the key", files.key);
  return context;
}

bool names_host(ssl_ctx_st* context, const char* host) {
  X509* const certificate = SSL_CTX_get0_certificate(context);
  return certificate != nullptr && X509_check_host(certificate, host, 0, 0, nullptr) == 1;
}

// Chooses the certificate that names the host the client asked for; the first one where none does.
int choose_by_name(SSL* ssl, int*, void* argument) {
  const auto& contexts = *static_cast<const std::vector<std::shared_ptr<ssl_ctx_st>>*>(argument);
  const char* const host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (host == nullptr) return SSL_TLSEXT_ERR_OK;
  for (const auto& context : contexts)
    if (names_host(context.get(), host)) {
      SSL_set_SSL_CTX(ssl, context.get());
      break;
    }
  return SSL_TLSEXT_ERR_OK;
}

std::chrono::system_clock::time_point end_of(ssl_ctx_st* context) {
  std::tm parts{};
  const X509* const certificate = SSL_CTX_get0_certificate(context);
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

}  // namespace

void SslFree::operator()(ssl_st* ssl) const { SSL_free(ssl); }

std::string tls_error() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    char line[256];
    const char* const reason = ERR_reason_error_string(code);
    if (reason == nullptr) ERR_error_string_n(code, line, sizeof line);
    text += (text.empty() ? "" : "; ") + std::string(reason != nullptr ? reason : line);
  }
  return text.empty() ? "connection lost" : text;
}

Result<std::shared_ptr<const TlsServer>> TlsServer::load(std::span<const settings::Certificate> certificates,
                                                         settings::TlsCiphers ciphers) {
  if (certificates.empty()) return Error("no TLS certificate is given");
  const std::shared_ptr<TlsServer> server(new TlsServer);
  for (const settings::Certificate& files : certificates) {
    auto context = load_context(files, ciphers);
    if (!context) return context.error();
    server->contexts_.push_back(*std::move(context));
  }
  server->expires_ = end_of(server->contexts_.front().get());
  if (server->contexts_.size() > 1) {
    SSL_CTX_set_tlsext_servername_callback(server->contexts_.front().get(), choose_by_name);
    SSL_CTX_set_tlsext_servername_arg(server->contexts_.front().get(), &server->contexts_);
  }
  return std::shared_ptr<const TlsServer>(server);
}

SslPtr TlsServer::accept_on(int descriptor) const {
  ERR_clear_error();
  SslPtr ssl(SSL_new(contexts_.front().get()));
  if (ssl && SSL_set_fd(ssl.get(), descriptor) != 1) ssl.reset();
  if (ssl) SSL_set_accept_state(ssl.get());
  return ssl;
}

Result<std::shared_ptr<const TlsClient>> TlsClient::make(Verify verify) {
  ERR_clear_error();
  const std::shared_ptr<TlsClient> client(new TlsClient);
  client->verify_ = verify;
  client->context_ = new_context(TLS_client_method());
  if (!client->context_) return Error("TLS cannot start: " + tls_error());
  if (verify == Verify::nothing) return std::shared_ptr<const TlsClient>(client);
  if (SSL_CTX_set_default_verify_paths(client->context_.get()) != 1)
    return Error("cannot load the system's certificate authorities: " + tls_error());
  SSL_CTX_set_verify(client->context_.get(), SSL_VERIFY_PEER, nullptr);
  return std::shared_ptr<const TlsClient>(client);
}

SslPtr TlsClient::connect_on(int descriptor, const std::string& host) const {
  ERR_clear_error();
  SslPtr ssl(SSL_new(context_.get()));
  if (!ssl || SSL_set_fd(ssl.get(), descriptor) != 1) return nullptr;
  const bool literal = IpAddress::parse(host).has_value();
  if (!literal) SSL_set_tlsext_host_name(ssl.get(), host.c_str());
  if (verify_ == Verify::certificate_and_name) {
    X509_VERIFY_PARAM* const wanted = SSL_get0_param(ssl.get());
    const int set = literal ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str())
                            : X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), 0);
    if (set != 1) return nullptr;
  }
  SSL_set_connect_state(ssl.get());
  return ssl;
}

}  // namespace gateway::net
