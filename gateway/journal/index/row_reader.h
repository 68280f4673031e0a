#pragma once
// Reads a line of the journal into a row.

#include <memory>
#include <string_view>

#include "gateway/journal/index/row.h"

namespace gateway::journal::index {

class RowReader {
 public:
  RowReader();
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  // nullptr for what is no record: no JSON object, another `format`, an id or a time that is none.  What a
  // record lacks is empty.  Good until the next one is read.
  const Row* read(std::string_view line);

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace gateway::journal::index
