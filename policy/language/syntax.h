#pragma once
// A condition as it is written: a tree of terms, not yet typed.

#include <memory>
#include <string>
#include <vector>

namespace policy::language {

struct Term {
  enum class Kind {
    both,      // left and right
    either,    // left or right
    negated,   // not left
    compared,  // left OPERATOR right
    word,      // a fact, a define, a list, an outcome, a choice, true, false
    call,      // text(arguments): header("Name"), header_count("Name"), troubled(fact)
    text,
    number,
    address,
    time,
    list,  // [arguments]
  };
  Kind kind = Kind::word;
  std::string text;  // the word, the literal, the name called, the operator
  std::size_t offset = 0;
  std::size_t length = 0;
  std::unique_ptr<Term> left;
  std::unique_ptr<Term> right;
  std::vector<Term> arguments;
};

struct Mistake {
  std::size_t offset = 0;
  std::size_t length = 1;
  std::string message;
};

}  // namespace policy::language
