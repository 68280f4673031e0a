#include "gateway/journal/index/day_index.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "gateway/journal/index/row_reader.h"

namespace gateway::journal::index {
namespace {

constexpr int kApplication = 0x506a6978;    // "Pjix"
constexpr std::size_t kMostLines = 20'000;  // of one commit, whose terms are kept in memory

// Terms are made of these characters alone, so that each is one token to FTS5.
constexpr const char* kTables = R"(
CREATE TABLE record(row INTEGER PRIMARY KEY, at INTEGER NOT NULL);
CREATE VIRTUAL TABLE term USING fts5(terms, content='', columnsize=0, detail=none,
  tokenize="ascii tokenchars '@._-+=:/%<>'");
CREATE TABLE tally(what TEXT, text TEXT, hour INTEGER, count INTEGER NOT NULL, PRIMARY KEY(what, text, hour)) WITHOUT ROWID;
CREATE TABLE content(octets INTEGER NOT NULL, lines INTEGER NOT NULL, unreadable INTEGER NOT NULL,
  transactions INTEGER NOT NULL, sessions INTEGER NOT NULL, first INTEGER, last INTEGER,
  last_at INTEGER NOT NULL, last_hash INTEGER NOT NULL);
INSERT INTO term(term, rank) VALUES('hashsize', 16000000);
INSERT INTO content VALUES(0, 0, 0, 0, 0, NULL, NULL, 0, 0);
)";

// FNV-1a; SQLite's integers have a sign.
std::int64_t hash(std::string_view text) {
  std::uint64_t sum = 14695981039346656037u;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return static_cast<std::int64_t>(sum);
}

std::optional<std::uint64_t> inode_of(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_ino);
}

std::int64_t seconds_of(Time time) { return time.time_since_epoch().count(); }

struct NewRow {
  RowNumber row;
  std::uint64_t at;
  std::string terms;
};

}  // namespace

// Statements are prepared once, when they are first wanted.
struct DayIndex::Parts {
  explicit Parts(Database& of) : database(of) {}

  Statement& statement(std::optional<Statement>& kept, const char* sql) {
    if (!kept) kept.emplace(database.prepare(sql));
    kept->reset();
    return *kept;
  }

  void insert(NewRow& row) {
    // Rows of one second have numbers of their own, but for sixteen millions of lines between them.
    Statement& place = statement(record, "INSERT OR IGNORE INTO record VALUES(?1, ?2)");
    for (;; ++row.row) {
      place.bind(1, row.row).bind(2, static_cast<std::int64_t>(row.at)).run();
      if (database.changes() == 1) break;
    }
    statement(term, "INSERT INTO term(rowid, terms) VALUES(?1, ?2)")
        .bind(1, row.row)
        .bind(2, row.terms)
        .run();
  }

  void insert(const Tally::Key& key, std::uint64_t count) {
    const char what = static_cast<char>(key.what);
    statement(tally,
              "INSERT INTO tally VALUES(?1, ?2, ?3, ?4) "
              "ON CONFLICT DO UPDATE SET count = count + excluded.count")
        .bind(1, std::string_view(&what, 1))
        .bind(2, key.text)
        .bind(3, key.hour)
        .bind(4, static_cast<std::int64_t>(count))
        .run();
  }

  Database& database;
  RowReader reader;
  std::optional<Statement> record, term, tally;
};

DayIndex::DayIndex(const DayFiles& files, Database::Access access)
    : DayIndex(
          files, access,
          IndexLock(files.index.parent_path(),
                    access == Database::Access::write ? FileLock::Kind::alone : FileLock::Kind::shared)) {}

DayIndex::DayIndex(const DayFiles& files, Database::Access access, const IndexLock&)
    : path_(files.index),
      access_(access),
      database_(files.index, access),
      inode_(inode_of(files.index).value_or(0)),
      day_(files.day) {
  using Access = Database::Access;
  if (access == Access::write) database_.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  const auto made = [this] { return database_.number("PRAGMA application_id") == kApplication; };
  if (access == Access::write && !made() && database_.number("SELECT count(*) FROM sqlite_schema") == 0) {
    Change change(database_);
    if (!made()) {  // by another meanwhile
      database_.run(kTables);
      database_.run(
          fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplication, kSchema).c_str());
    }
    change.commit();
  }
  if (!made() || database_.number("PRAGMA user_version") != kSchema)
    throw SqliteError(SqliteError::Kind::corrupt, "made by another version");
  database_.run(access == Access::write ? "PRAGMA wal_autocheckpoint = 4000" : "BEGIN");
  parts_ = std::make_unique<Parts>(database_);
}

DayIndex::~DayIndex() {
  if (access_ == Database::Access::read) return;
  const IndexLock lock(path_.parent_path(), FileLock::Kind::alone);
  // By now what is beside the file of that name may be another one's.
  if (!in_place()) database_.leave_what_is_beside();
  parts_.reset();
  database_.close();
}

bool DayIndex::in_place() const { return inode_of(path_) == inode_; }

DayIndex::Content DayIndex::content() {
  Statement row = database_.prepare(
      "SELECT octets, lines, unreadable, transactions, sessions, first, last, first IS NOT NULL FROM "
      "content");
  if (!row.step()) throw SqliteError(SqliteError::Kind::corrupt, "it does not say what it holds");
  const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  Content content{.octets = number(0),
                  .lines = number(1),
                  .unreadable = number(2),
                  .transactions = number(3),
                  .sessions = number(4),
                  .first = {},
                  .last = {}};
  if (row.integer(7) != 0) {
    content.first = Time(std::chrono::seconds(row.integer(5)));
    content.last = Time(std::chrono::seconds(row.integer(6)));
  }
  return content;
}

bool DayIndex::fits(LineReader& lines) {
  Statement row = database_.prepare("SELECT octets, last_at, last_hash FROM content");
  if (!row.step()) return false;
  const auto octets = static_cast<std::uint64_t>(row.integer(0));
  if (octets == 0) return true;
  if (octets > lines.size()) return false;
  lines.seek(static_cast<std::uint64_t>(row.integer(1)));
  const auto last = lines.next();
  return last && last->end == octets && hash(last->text) == row.integer(2);
}

std::size_t DayIndex::advance(LineReader& lines, std::size_t most_octets) {
  Change change(database_);
  Content content = this->content();  // another may have been here
  if (!fits(lines)) throw SqliteError(SqliteError::Kind::corrupt, "its lines are not those it was made of");
  lines.seek(content.octets);
  std::vector<NewRow> rows;
  Tally tally;
  const std::uint64_t begin = content.octets;
  std::uint64_t last_at = 0;
  std::int64_t last_hash = 0;
  std::size_t taken = 0;
  while (taken < kMostLines && content.octets - begin < most_octets) {
    const auto line = lines.next();
    if (!line) break;
    ++taken;
    content.octets = line->end;
    last_at = line->at;
    last_hash = hash(line->text);
    const std::uint64_t count = content.lines++;
    const Row* const row = parts_->reader.read(line->text);
    if (!row) {
      ++content.unreadable;
      continue;
    }
    if (row->note.empty()) ++(row->session ? content.sessions : content.transactions);
    content.first = std::min(content.first.value_or(row->time), row->time);
    content.last = std::max(content.last.value_or(row->time), row->time);
    tally.add(*row);
    rows.push_back({row_number(day_, row->time, count), line->at, terms_of(*row)});
  }
  if (taken == 0) return 0;
  std::ranges::sort(rows, {}, &NewRow::row);  // FTS5 takes them as fast as it can in their order only
  for (NewRow& row : rows) parts_->insert(row);
  for (const auto& [key, count] : tally.counts()) parts_->insert(key, count);
  database_.run(
      fmt::format(
          "UPDATE content SET octets = {}, lines = {}, unreadable = {}, transactions = {}, sessions = {}, "
          "first = {}, last = {}, last_at = {}, last_hash = {}",
          content.octets, content.lines, content.unreadable, content.transactions, content.sessions,
          content.first ? std::to_string(seconds_of(*content.first)) : "NULL",
          content.last ? std::to_string(seconds_of(*content.last)) : "NULL", last_at, last_hash)
          .c_str());
  change.commit();
  return taken;
}

void DayIndex::clear() {
  Change change(database_);
  database_.run(
      "DELETE FROM record; DELETE FROM tally; INSERT INTO term(term) VALUES('delete-all'); "
      "UPDATE content SET octets = 0, lines = 0, unreadable = 0, transactions = 0, sessions = 0, first = "
      "NULL, "
      "last = NULL, last_at = 0, last_hash = 0");
  change.commit();
}

std::vector<DayIndex::Hit> DayIndex::find(const Query& query, const RowRange& rows, std::size_t most) {
  const std::string expression = match_expression(query);
  Statement row = database_.prepare(
      "SELECT term.rowid, record.at FROM term CROSS JOIN record ON record.row = term.rowid "
      "WHERE term MATCH ?1 AND term.rowid >= ?2 AND term.rowid <= ?3 ORDER BY term.rowid DESC");
  row.bind(1, expression).bind(2, rows.first).bind(3, rows.last);
  std::vector<Hit> hits;
  while (hits.size() < most && row.step())
    hits.push_back({row.integer(0), static_cast<std::uint64_t>(row.integer(1))});
  return hits;
}

std::vector<DayIndex::Hit> DayIndex::newest(const RowRange& rows, std::size_t most) {
  Statement row = database_.prepare(
      "SELECT row, at FROM record WHERE row >= ?1 AND row <= ?2 ORDER BY row DESC LIMIT ?3");
  row.bind(1, rows.first).bind(2, rows.last).bind(3, static_cast<std::int64_t>(most));
  std::vector<Hit> hits;
  while (row.step()) hits.push_back({row.integer(0), static_cast<std::uint64_t>(row.integer(1))});
  return hits;
}

std::uint64_t DayIndex::count(const Query& query) {
  const RowRange rows = rows_between(day_, query.since, query.until, {});
  const std::string expression = match_expression(query);
  Statement counted =
      database_.prepare("SELECT count(*) FROM term WHERE term MATCH ?1 AND rowid >= ?2 AND rowid <= ?3");
  counted.bind(1, expression).bind(2, rows.first).bind(3, rows.last);
  return counted.step() ? static_cast<std::uint64_t>(counted.integer(0)) : 0;
}

void DayIndex::add_totals(std::span<const Counted> kinds, std::int64_t first_hour, std::int64_t last_hour,
                          Tally& tally) {
  // In the order of the key, so that nothing is sorted: a busy day has half a million rows of domains.
  Statement row = database_.prepare(
      "SELECT text, sum(count) FROM tally WHERE what = ?1 AND hour BETWEEN ?2 AND ?3 GROUP BY text");
  for (const Counted kind : kinds) {
    const char letter = static_cast<char>(kind);
    row.bind(1, std::string_view(&letter, 1)).bind(2, first_hour).bind(3, last_hour);
    while (row.step()) tally.add(first_hour, kind, row.text(0), static_cast<std::uint64_t>(row.integer(1)));
    row.reset();
  }
}

void DayIndex::add_hours(std::int64_t first_hour, std::int64_t last_hour, Counted what, Tally& tally) {
  Statement row =
      database_.prepare("SELECT text, hour, count FROM tally WHERE what = ?1 AND hour BETWEEN ?2 AND ?3");
  const char letter = static_cast<char>(what);
  row.bind(1, std::string_view(&letter, 1)).bind(2, first_hour).bind(3, last_hour);
  while (row.step()) tally.add(row.integer(1), what, row.text(0), static_cast<std::uint64_t>(row.integer(2)));
}

}  // namespace gateway::journal::index
