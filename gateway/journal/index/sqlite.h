#pragma once
// The little of SQLite that the index needs.  Nothing here is known to others but what may go wrong.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace gateway::journal::index {

class SqliteError : public std::runtime_error {
 public:
  enum class Kind {
    busy,     // somebody else writes: to be tried again
    corrupt,  // no database, or a damaged one: to be made anew
    missing,  // the file is not there, or may not be opened
    other,    // the disk is full, fails, …
  };
  SqliteError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// Everything throws SqliteError.
class Statement {
 public:
  // Parameters are counted from 1.  A text must stay where it is until the statement is reset.
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);

  bool step();  // to the next row; false: there is none
  void run();   // for what gives no rows; resets, so that it can be run again
  void reset() noexcept;

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // good until the next step

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  [[noreturn]] void fail(int code) const;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Access { read, write };  // write: makes the file where there is none

  Database(const std::filesystem::path& file, Access access);

  void run(const char* sql);  // one or several statements
  Statement prepare(const char* sql);
  // What is beside the file stays when this is closed: by then it may be another one's.
  void leave_what_is_beside() noexcept;
  // All its statements are gone by then.
  void close() noexcept { database_.reset(); }
  int changes() const;                   // rows that the last statement put or changed
  std::int64_t number(const char* sql);  // the one it gives; 0 when there is no row

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

// All or nothing: rolled back unless committed.  Takes the right to write at once.
class Change {
 public:
  explicit Change(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  ~Change();
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

// The file and what SQLite keeps beside it.  Waits for those who are about to open or to close one.
void remove_database(const std::filesystem::path& file);

}  // namespace gateway::journal::index
