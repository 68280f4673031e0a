#include "gateway/status/look.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "gateway/net/certificate.h"
#include "gateway/net/tls.h"

namespace gateway::status {
namespace {

std::string_view name(settings::MailstoreProtocol protocol) {
  switch (protocol) {
    case settings::MailstoreProtocol::smtp: return "smtp";
    case settings::MailstoreProtocol::lmtp: return "lmtp";
    case settings::MailstoreProtocol::maildir: return "maildir";
    case settings::MailstoreProtocol::discard: break;
  }
  return "discard";
}

}  // namespace

std::uint64_t resident_memory() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  file >> all >> resident;
  return file ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::vector<MailstoreStatus> mailstores_of(const settings::Settings& settings, delivery::ServerBook& book,
                                           const delivery::Handler* handler) {
  using Clock = delivery::KnownServer::Clock;
  const auto known = book.in_use();
  const Clock::time_point now = Clock::now();
  std::vector<MailstoreStatus> all;
  for (const auto& [mailstore, its] : settings.mailstores) {
    MailstoreStatus one{mailstore, std::string(name(its.protocol)), {}};
    std::map<std::string, delivery::PoolCounts> pools;
    if (handler) pools = handler->connections(mailstore);
    const bool is_server = its.protocol == settings::MailstoreProtocol::smtp ||
                           its.protocol == settings::MailstoreProtocol::lmtp;
    for (const std::string& text : is_server ? its.servers : std::vector<std::string>()) {
      MailstoreServer server{.server = text};
      if (const auto pool = pools.find(text); pool != pools.end()) server.connections = pool->second;
      const auto found = std::ranges::find_if(known, [&](const auto& each) {
        return each->text() == text &&
               each->manner().lmtp == (its.protocol == settings::MailstoreProtocol::lmtp);
      });
      if (found != known.end()) {
        const delivery::KnownServer::News news = (*found)->news();
        if (news.at != Clock::time_point::min()) {
          server.answers = news.answers;
          server.ago = std::chrono::duration_cast<std::chrono::seconds>(now - news.at);
        }
      }
      one.servers.push_back(std::move(server));
    }
    all.push_back(std::move(one));
  }
  return all;
}

StoreStatus store_in(const std::filesystem::path& directory) {
  StoreStatus store;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    struct stat file {};
    if (at->path().extension() != ".held" || ::lstat(at->path().c_str(), &file) != 0) continue;
    const Time since{std::chrono::seconds(file.st_mtime)};
    ++store.count;
    store.octets += static_cast<std::uint64_t>(file.st_size);
    store.oldest = std::min(store.oldest.value_or(since), since);
  }
  if (error) return {.readable = false};
  return store;
}

std::vector<DiskStatus> disks_of(const std::vector<std::filesystem::path>& paths) {
  std::vector<DiskStatus> disks;
  std::set<dev_t> seen;
  for (const std::filesystem::path& path : paths) {
    struct stat status {};
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(path, error);
    if (error || space.capacity == 0 || ::stat(path.c_str(), &status) != 0) continue;
    if (!seen.insert(status.st_dev).second) continue;
    disks.push_back({path.string(),
                     static_cast<double>(space.available) / static_cast<double>(space.capacity),
                     space.available, space.capacity});
  }
  return disks;
}

std::vector<CertificateStatus> certificates_of(const settings::Settings& settings) {
  std::vector<std::filesystem::path> files;
  for (const settings::Certificate& one : settings.certificates) files.push_back(one.certificate);
  const bool wanted =
      settings.review_tls || std::ranges::any_of(settings.listeners, [](const settings::Listener& one) {
        return one.tls != settings::ListenerTls::off;
      });
  if (files.empty() && wanted)
    if (const auto made = net::self_signed_certificate(settings.state, settings.hostname))
      files.push_back(made->certificate);
  const Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::vector<CertificateStatus> all;
  for (const std::filesystem::path& file : files) {
    CertificateStatus one;
    one.file = file.string();
    if (const auto facts = net::read_certificate(file)) {
      one.names = facts->names;
      one.ends = facts->ends;
      one.days_left = std::chrono::floor<std::chrono::days>(facts->ends - now).count();
    } else {
      one.trouble = facts.error().text();
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace gateway::status
