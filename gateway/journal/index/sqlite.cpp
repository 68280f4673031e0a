#include "gateway/journal/index/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include "gateway/journal/index/index_lock.h"

namespace gateway::journal::index {
namespace {

constexpr mode_t kFileMode = 0640;
constexpr int kPatience = 2000;  // milliseconds to wait for another that writes

SqliteError error_of(sqlite3* database, int code) {
  using Kind = SqliteError::Kind;
  const std::string what = database ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Kind::busy, what};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: return {Kind::corrupt, what};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return {Kind::missing, what};
    default: return {Kind::other, what};
  }
}

void check(sqlite3* database, int code) {
  if (code != SQLITE_OK) throw error_of(database, code);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }

void Statement::fail(int code) const { throw error_of(sqlite3_db_handle(statement_.get()), code); }

Statement& Statement::bind(int parameter, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(statement_.get(), parameter, value); code != SQLITE_OK) fail(code);
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
  const char* const begin = text.data() ? text.data() : "";  // null would be NULL
  const int code =
      sqlite3_bind_text64(statement_.get(), parameter, begin, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) fail(code);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(code);
  return false;
}

void Statement::run() {
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_DONE && code != SQLITE_ROW) {
    const SqliteError error = error_of(sqlite3_db_handle(statement_.get()), code);
    reset();
    throw error;
  }
  reset();
}

void Statement::reset() noexcept { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view Statement::text(int column) const {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return text ? std::string_view(text,
                                 static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)))
              : std::string_view();
}

Database::Database(const std::filesystem::path& file, Access access) {
  if (access == Access::write) {  // what it holds is for the same eyes as the lines
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
    if (made >= 0) ::close(made);
  }
  const int flags =
      access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(opened);
  check(opened, code);
  check(opened, sqlite3_busy_timeout(opened, kPatience));
}

void Database::run(const char* sql) {
  check(database_.get(), sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr));
}

Statement Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  check(database_.get(), sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr));
  return Statement(statement);
}

void Database::leave_what_is_beside() noexcept {
  int on = 1;
  sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_PERSIST_WAL, &on);
}

int Database::changes() const { return sqlite3_changes(database_.get()); }

std::int64_t Database::number(const char* sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

Change::~Change() {
  if (!open_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const SqliteError&) {  // what failed has rolled back by itself
  }
}

void Change::commit() {
  database_.run("COMMIT");
  open_ = false;
}

void remove_database(const std::filesystem::path& file) {
  const IndexLock lock(file.parent_path(), FileLock::Kind::alone);
  for (const char* const ending : {"-wal", "-shm", "-journal", ""}) {
    std::error_code ignored;
    std::filesystem::remove(file.string() + ending, ignored);
  }
}

}  // namespace gateway::journal::index
