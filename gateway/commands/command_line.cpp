#include "gateway/commands/command_line.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "gateway/commands/change_list.h"
#include "gateway/commands/change_password.h"
#include "gateway/commands/check.h"
#include "gateway/commands/explain.h"
#include "gateway/commands/held.h"
#include "gateway/commands/journal.h"
#include "gateway/commands/list_facts.h"
#include "gateway/commands/log.h"
#include "gateway/commands/reload.h"
#include "gateway/commands/replay.h"
#include "gateway/commands/serve.h"
#include "gateway/commands/show.h"
#include "gateway/commands/stats.h"
#include "gateway/commands/status.h"
#include "gateway/commands/test_policy.h"
#include "policy/diagnostic.h"
#include "policy/facts/text.h"

namespace gateway::commands {
namespace {

constexpr const char* kDefaultConfig = "/etc/postern/postern.toml";

struct Options {
  std::string config = kDefaultConfig;
  bool json = false;
  ServeOptions serve;
  CheckOptions check;
  TestOptions test;
  ExplainOptions explain;
  ListOptions list;
  PasswordOptions password;
  ReplayOptions replay;
  LogOptions log;
  HeldOptions held;
  ShowOptions show;
  StatsOptions stats;
  JournalOptions journal;
  PersonOptions person;
};

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& what, Options& options) {
  CLI::App* const command = app.add_subcommand(name, what);
  command->add_option("-c,--config", options.config, "configuration file")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_flag("--json", options.json, "print for programs");
  return command;
}

void add_colour(CLI::App& command, std::string& colour) {
  command.add_option("--color", colour, "auto, always or never; auto: on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
}

// What `log` and the lists of held messages are narrowed down by.
void describe_filters(CLI::App& list, LogOptions& with) {
  const auto add = [&list](const char* name, auto& target, const char* what, const char* type) {
    list.add_option(name, target, what)->type_name(type);
  };
  add("--since", with.since, "from then on: 2h (ago), today, 14:30, 2026-11-25, RFC 3339", "TIME");
  add("--until", with.until, "up to then; a day or minute that is named is in it whole", "TIME");
  add("--verdict", with.verdicts, "accept, tag, quarantine, defer, reject or open; several: any of them",
      "VERDICT");
  add("--sender", with.sender, "envelope sender: an address, a domain, or <>", "SENDER");
  add("--rcpt", with.recipient, "recipient: an address or a domain", "RCPT");
  add("--address", with.address, "sender, author or recipient: an address or a domain", "ADDR");
  add("--ip", with.client, "client: an address or a network", "IP|CIDR");
  add("--domain", with.domain, "of sender, author or recipient, with what is below it", "DOMAIN");
  add("--message-id", with.message_id, "Message-ID", "ID");
  add("--subject", with.subject, "words of the subject, in any order; invo* is the beginning of one", "TEXT");
  add("--text", with.text, "words of names, addresses, subject, replies, Message-ID, queue id", "TEXT");
  add("--rule", with.rule, "a rule that decided, or that held above the one that did", "ID");
  add("--trial", with.trial, "a rule on trial that would have counted", "ID");
  add("--reply", with.reply, "what the client was told in the end: 550, 5xx, 5.7.26", "CODE");
  add("--outcome", with.outcome, "what a message counts as in statistics: one of the verdicts", "VERDICT");
  add("--decided", with.decided, "the rule that decided", "ID");
  add("--list", with.list, "a DNS list that lists the client", "ID");
  add("--ended", with.ended, "how a connection ended, with --sessions: quit, lost, limit, …", "WORD");
  add("--id", with.id, "the id of a transaction, or the reply that it stands in", "ID");
  list.get_option("--verdict")->allow_extra_args(false);
  add("--limit", with.limit, "at most so many; 0: all (50)", "N");
  list.add_flag("--count", with.count, "only say how many there are");
  add_colour(list, with.colour);
}

void describe_log(CLI::App& app, Options& options) {
  CLI::App* const log = add_command(app, "log", "search the journal, the newest first", options);
  LogOptions& with = options.log;
  describe_filters(*log, with);
  CLI::Option* const sessions =
      log->add_flag("--sessions", with.sessions, "connections that came to no message, instead");
  log->add_flag("--audit", with.audit, "what people did to held messages, instead")->excludes(sessions);
  log->add_flag("-f,--follow", with.follow, "go on with what comes, the newest last");
}

void describe_held(CLI::App& app, Options& options, delivery::Keep keep) {
  const bool queue = keep == delivery::Keep::retry;
  CLI::App* const command = queue ? app.add_subcommand("queue", "messages that wait for their mailstore")
                                  : app.add_subcommand("quarantine", "messages that wait for a person");
  command->require_subcommand(1);
  HeldOptions& with = options.held;
  CLI::App* const list = add_command(*command, "list", "what there is, the newest first", options);
  describe_filters(*list, with.filter);
  const auto with_ids = [&](const char* name, const char* what) {
    CLI::App* const one = add_command(*command, name, what, options);
    one->add_option("id", with.words, "ids, in any case, or replies that they stand in")
        ->required()
        ->type_name("ID");
    add_colour(*one, with.filter.colour);
    return one;
  };
  CLI::App* const show =
      with_ids("show", "header fields, text and names of attachments; who reads is recorded");
  show->add_flag("--raw,--message", with.raw, "write the message itself, octet by octet");
  if (queue) {
    with_ids("retry", "one attempt now; says what the mailstore said");
    with_ids("fail", "no more attempts: to quarantine, as undeliverable");
    return;
  }
  CLI::App* const release = with_ids("release", "to the mailstore; says what that said");
  release->add_option("--to", with.to, "only to this one of its recipients; several: --to A --to B")
      ->allow_extra_args(false)
      ->type_name("RCPT");
  release->add_flag("--again", with.again,
                    "also where a release was begun before and its end is not known: look into the mailstore "
                    "first");
  with_ids("delete", "for ever");
}

int dispatch_held(const CLI::App& command, Options& options) {
  HeldOptions& with = options.held;
  with.keep = command.get_name() == "queue" ? delivery::Keep::retry : delivery::Keep::quarantine;
  with.filter.config = options.config;
  with.filter.json = options.json;
  const std::string what = command.get_subcommands().front()->get_name();
  if (what == "list") return list_held(with);
  return what == "show" ? show_held(with) : act_on_held(with, what);
}

void describe_list(CLI::App& app, Options& options) {
  CLI::App* const list =
      app.add_subcommand("list", "show or change the lists of the policy that stand in files");
  list->require_subcommand(1);
  ListOptions& with = options.list;
  CLI::App* const show = add_command(
      *list, "show", "what a list holds; with an entry whether it is listed, and by what", options);
  show->add_option("name", with.name, "the list; without one, all with their numbers")->type_name("NAME");
  show->add_option("entry", with.entry, "what is looked for")->type_name("ENTRY");

  CLI::App* const add = add_command(*list, "add", "put an entry on a list, or give it another end", options);
  add->add_option("name", with.name, "the list")->type_name("NAME")->required();
  add->add_option("entry", with.entry, "an address, network, domain, …, as the list has them")
      ->type_name("ENTRY")
      ->required();
  add->add_option("--for", with.lasting, "how long it counts: 30m, 4h, 2d; without it, until it is removed")
      ->type_name("TIME");
  add->add_option("--note", with.note, "why, for those who find it there")->type_name("TEXT");

  CLI::App* const remove = add_command(*list, "remove", "take an entry off a list", options);
  remove->add_option("name", with.name, "the list")->type_name("NAME")->required();
  remove->add_option("entry", with.entry, "what is taken off")->type_name("ENTRY")->required();
}

void describe_password(CLI::App& app, Options& options) {
  CLI::App* const password = add_command(
      app, "password", "let somebody log in to the review pages, or change or remove his password", options);
  PasswordOptions& with = options.password;
  password->add_option("name", with.name, "who: letters, digits and . _ - @")->type_name("NAME")->required();
  CLI::Option* const role =
      password->add_option("--role", with.role, "view, or operate: may release and delete as well (view)")
          ->type_name("ROLE")
          ->check(CLI::IsMember({"view", "operate"}));
  password->add_option("--file", with.file, "the password file, in the place of [review] passwords")
      ->type_name("FILE");
  password->add_flag("--remove", with.remove, "he may log in no longer")->excludes(role);
}

int dispatch_list(const CLI::App& list, const ListOptions& options) {
  const std::string what = list.get_subcommands().front()->get_name();
  return what == "add" ? list_add(options) : what == "remove" ? list_remove(options) : list_show(options);
}

void describe_replay(CLI::App& app, Options& options) {
  CLI::App* const replay = add_command(
      app, "replay", "judge recorded mail by another policy: the verdicts that would change", options);
  ReplayOptions& with = options.replay;
  replay->add_option("--since", with.since, "from when on: 7d (ago), yesterday, 2026-11-25, RFC 3339")
      ->capture_default_str()
      ->type_name("TIME");
  replay->add_option("--until", with.until, "up to when, a named day or minute whole; without it, now")->type_name("TIME");
  replay
      ->add_option("--policy", with.policy,
                   "policy files, in that order, in the place of the configured ones")
      ->type_name("FILE");
  replay->add_option("--journal", with.journal, "a directory of day files in the place of the configured one")
      ->type_name("DIR");
  replay->add_flag("--trial", with.trial, "sum up what rules on trial would do, too");
  replay
      ->add_option(
          "--dns", with.dns,
          "live: ask today's DNS about client, HELO and envelope sender; or a zone file in its place")
      ->type_name("live|ZONE");
  replay
      ->add_option(
          "--fail-on", with.fail_on,
          "exit 1 on such changes: any (of the action); accepted, refused, quarantined, deferred (to "
          "that); rule, tags (of these alone); cannot-tell")
      ->delimiter(',')
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kReplayFailures), std::end(kReplayFailures))))
      ->type_name("CHANGE");
  replay->get_option("--fail-on")->allow_extra_args(false);
  replay->add_option("--samples", with.samples, "how many of each group are shown")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000))
      ->type_name("N");
  add_colour(*replay, with.colour);
}

void describe(CLI::App& app, Options& options) {
  app.require_subcommand(1);
  app.set_version_flag("--version", "postern " POSTERN_VERSION);
  app.footer("Manual: postern(8), postern.toml(5).");

  CLI::App* const serve = add_command(app, "serve", "run the gateway in the foreground", options);
  serve->add_option("--mode", options.serve.mode, "enforce, observe or soft, in the place of policy.mode")
      ->check(CLI::IsMember({"enforce", "observe", "soft"}));

  CLI::App* const check =
      add_command(app, "check", "check configuration and policy, all mistakes at once", options);
  check->add_flag("--stages", options.check.stages, "print when each rule can decide at the earliest");

  CLI::App* const test =
      add_command(app, "test", "run the tests of the policy: [[test]] in its files, or in others", options);
  test->add_option("files", options.test.files,
                   "files with tests, judged by the configured policy; without one, those of the policy")
      ->type_name("FILE");

  CLI::App* const explain =
      add_command(app, "explain", "what would happen to a message, and why; changes nothing", options);
  ExplainOptions& with = options.explain;
  explain->add_option("--ip", with.ip, "address of the client; unknown without it");
  explain->add_option("--helo", with.helo, "what the client calls itself");
  explain->add_option("--from", with.from, "envelope sender; \"\" or <> is the null sender");
  explain->add_option("--to", with.to, "recipients; without them postmaster of the first domain")
      ->type_name("ADDR");
  explain->add_option("--dns", with.dns, "zone file (JSON or TOML) to answer look-ups from")
      ->type_name("ZONE");
  explain->add_option("--at", with.at, "the time it is: RFC 3339 or Unix seconds")->type_name("TIME");
  explain->add_option("--fact", with.facts, "a fact, whatever the filters find")->type_name("NAME=VALUE");
  explain->add_option("--expect", with.expect, "exit 1 unless this is the verdict")
      ->type_name("ACTION[:RULE]");
  add_colour(*explain, with.colour);
  explain->add_option("message", with.file, "the message; - is standard input; without one, up to RCPT");
  explain->get_option("--fact")->allow_extra_args(false);

  describe_list(app, options);
  describe_password(app, options);
  describe_replay(app, options);
  describe_log(app, options);
  describe_held(app, options, delivery::Keep::quarantine);
  describe_held(app, options, delivery::Keep::retry);

  CLI::App* const show =
      add_command(app, "show", "the whole story of one transaction, and its other attempts", options);
  show->add_option("id", options.show.words, "its id, in any case, or the reply that it stands in")
      ->required()
      ->type_name("ID|REPLY");
  CLI::Option* const as_test =
      show->add_flag("--as-test", options.show.as_test, "print it as a policy test, with names in disguise");
  show->add_flag("--as-is", options.show.as_is, "with the real names and addresses")->needs(as_test);
  add_colour(*show, options.show.colour);

  CLI::App* const stats =
      add_command(app, "stats", "count by verdict, rule, domain and list, by whole hours", options);
  stats
      ->add_option("--since", options.stats.since,
                   "from the hour of then on: 7d (ago), today, RFC 3339 (24h)")
      ->type_name("TIME");
  stats->add_option("--until", options.stats.until, "up to the hour of then")->type_name("TIME");
  stats->add_option("--top", options.stats.top, "rows of each list")->capture_default_str()->type_name("N");
  add_colour(*stats, options.stats.colour);

  CLI::App* const journal = app.add_subcommand("journal", "what is done to the journal's files");
  journal->require_subcommand(1);
  CLI::App* const rebuild = add_command(*journal, "rebuild", "make the indexes anew from the lines", options);
  rebuild->add_option("--day", options.journal.day, "only that of one day (UTC)")->type_name("YYYY-MM-DD");
  const auto of_person = [&](const char* name, const char* what) {
    add_command(*journal, name, what, options)
        ->add_option("--address", options.person.address, "whose")
        ->required()
        ->type_name("ADDR");
  };
  of_person("export", "print all records in which an address stands");
  of_person("erase", "take an address, and what else names the person, out of all records");

  add_command(app, "status", "how the running gateway is; exits as monitoring plugins do", options);
  add_command(app, "facts", "list everything a policy can ask", options);
  add_command(app, "reload", "let the running gateway read its files anew", options);
  add_command(app, "version", "print the version", options);
}

// "--to a@b c@d message.eml": what follows the addresses is the message.
void take_message_from_recipients(ExplainOptions& options) {
  if (options.file || options.to.size() < 2) return;
  const std::string& last = options.to.back();
  std::error_code ignored;
  if (last != "-" && (last.find('@') != std::string::npos || !std::filesystem::exists(last, ignored))) return;
  options.file = last;
  options.to.pop_back();
}

// The library only says that a command is missing.
bool complain_of_command(const CLI::App& app, int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  if (word.empty() || word.starts_with('-') || std::find(names.begin(), names.end(), word) != names.end())
    return false;
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  fmt::print(stderr, "postern: there is no command '{}'{}\nRun with --help for more information.\n",
             policy::printable(word), policy::did_you_mean(word, candidates));
  return true;
}

int journal_command(const std::string& name, const Options& options) {
  if (name == "export") return export_journal(options.person);
  if (name == "erase") return erase_from_journal(options.person);
  return rebuild_journal(options.journal);
}

int dispatch(CLI::App& app, Options& options) {
  take_message_from_recipients(options.explain);
  options.serve.config = options.check.config = options.test.config = options.explain.config = options.config;
  options.list.config = options.password.config = options.replay.config = options.config;
  options.list.json = options.replay.json = options.json;
  options.log.config = options.show.config = options.stats.config = options.journal.config =
      options.person.config = options.config;
  options.log.json = options.show.json = options.stats.json = options.journal.json = options.person.json =
      options.json;
  options.check.json = options.test.json = options.explain.json = options.json;
  const std::string command = app.get_subcommands().front()->get_name();
  if (command == "serve") return serve(options.serve);
  if (command == "check") return check(options.check);
  if (command == "test") return test_policy(options.test);
  if (command == "explain") return explain(options.explain);
  if (command == "list") return dispatch_list(*app.get_subcommands().front(), options.list);
  if (command == "password") return change_password(options.password);
  if (command == "replay") return replay(options.replay);
  if (command == "log") return log(options.log);
  if (command == "show") return show(options.show);
  if (command == "stats") return stats(options.stats);
  if (command == "journal")
    return journal_command(app.get_subcommands().front()->get_subcommands().front()->get_name(), options);
  if (command == "quarantine" || command == "queue")
    return dispatch_held(*app.get_subcommands().front(), options);
  if (command == "status") return show_status(options.config, options.json);
  if (command == "facts") return list_facts(options.json);
  if (command == "reload") return reload(options.config, options.json);
  if (options.json)
    fmt::print("{{\"version\": \"{}\"}}\n", POSTERN_VERSION);
  else
    fmt::print("postern {}\n", POSTERN_VERSION);
  return 0;
}

// What waits to be written is lost without a word when the disk is full: who keeps our answer in a file must
// not take half of it for the whole.
int when_written(int status) {
  const bool failed_before = std::ferror(stdout) != 0;
  const bool failed_now = std::fflush(stdout) != 0;
  if (!failed_before && !failed_now) return status;
  fmt::print(stderr, "postern: not all of this answer could be written{}\n",
             failed_now ? ": " + std::generic_category().message(errno) : "");
  return status == 0 ? 1 : status;
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{"Postern: an inbound SMTP gateway that shows why", "postern"};
  Options options;
  describe(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return when_written(app.exit(done));
  } catch (const CLI::ParseError& error) {
    if (!complain_of_command(app, argc, argv)) app.exit(error);
    return 2;
  }
  try {
    return when_written(dispatch(app, options));
  } catch (const std::exception& error) {
    fmt::print(stderr, "postern: {}\n", error.what());
    return 1;
  }
}

}  // namespace gateway::commands
