// Settings::read: reads every section, so that all mistakes are shown at once.

#include "gateway/settings/sections.h"

namespace gateway::settings {

std::shared_ptr<const Settings> Settings::read(const Path& file, policy::Diagnostics& diagnostics) {
  policy::Diagnostics found;
  auto settings = std::make_shared<Settings>();
  settings->file = file;
  const auto toml = TomlFile::read(file, found);
  if (toml) {
    TableReader root(*toml, toml->root(), {});
    load_identity(root, *settings);
    load_listeners(root, *settings);
    load_networks(root, *settings);
    load_tls(root, *settings);
    load_mailstores(root, *settings);
    load_domains(root, *settings, found);
    load_policy(root, *settings);
    load_dns(root, *settings);
    load_filters(root, *settings);
    load_records(root, *settings);
    load_limits(root, *settings);
    load_access(root, *settings, found);
    root.done();
  }
  for (const policy::Diagnostic& one : found.all()) diagnostics.add(one);
  return toml ? settings : nullptr;
}

std::shared_ptr<const Settings> Settings::load(const Path& file, policy::Diagnostics& diagnostics) {
  policy::Diagnostics found;
  auto settings = read(file, found);
  for (const policy::Diagnostic& one : found.all()) diagnostics.add(one);
  return found.has_errors() ? nullptr : settings;
}

}  // namespace gateway::settings
