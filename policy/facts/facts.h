#pragma once
// What is known so far.  Every fact has a name, a type, an owner and the moment it is final; its state is
// known, not yet known (open) or troubled: a look-up failed, and nothing compares true or false with it.

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/envelope.h"
#include "policy/facts/evidence.h"
#include "policy/facts/message.h"
#include "policy/facts/shelf.h"
#include "policy/facts/value.h"

namespace policy::inline facts {

// The moments of a session, in order.  A fact "final at" one of them does not change after it.
enum class Phase { connect, mail, rcpt, data, headers, message };
inline constexpr std::size_t kPhases = 6;
std::string_view name(Phase phase);

// What a fact belongs to.  Those of the configuration are the same for all transactions under it.
enum class Owner { configuration, session, transaction, recipient };
inline constexpr std::size_t kOwners = 4;

// One row of the table that serves the rule checker, `postern facts` and the manual.
struct FactSpec {
  std::string_view name;
  Type type;
  Phase final_at;
  Owner owner;
  std::string_view description;   // one line, for people
  Type element = Type::text;      // of a list: text or domain
  std::string_view choices = {};  // of a choice: its words, separated by one space
};

enum class FactId : std::uint16_t {};
constexpr std::size_t index(FactId id) { return static_cast<std::size_t>(id); }

// A fact as our source names it: what finding it takes is done by the compiler where the name is a literal.
class FactName {
 public:
  template <std::size_t N>
  consteval FactName(const char (&literal)[N]) : FactName(std::string_view(literal, N - 1)) {}
  constexpr FactName(std::string_view name) : text_(name), hash_(hash_of(name)) {}
  constexpr FactName(const std::string& name) : FactName(std::string_view(name)) {}

  constexpr std::string_view text() const { return text_; }
  constexpr std::uint32_t hash() const { return hash_; }

 private:
  static constexpr std::uint32_t hash_of(std::string_view text) {  // FNV-1a
    std::uint32_t hash = 2166136261u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
  }

  std::string_view text_;
  std::uint32_t hash_;
};

// The joined table: the gateway's own facts and those of every filter.  Immutable once made; Facts refer to
// it.
class Vocabulary {
 public:
  // A filter's name with its facts; the gateway's own stand under "".  `enabled` says whether it runs.
  struct Group {
    std::string_view filter;
    std::span<const FactSpec> facts;
    bool enabled = true;
  };
  explicit Vocabulary(std::span<const Group> groups);

  std::optional<FactId> find(FactName name) const;
  const FactSpec& operator[](FactId id) const { return *rows_[index(id)].spec; }
  std::string_view filter(FactId id) const { return rows_[index(id)].filter; }
  bool enabled(FactId id) const { return rows_[index(id)].enabled; }
  std::size_t size() const { return rows_.size(); }

  // Where its owner keeps the fact, and how many facts an owner has.
  std::size_t place(FactId id) const { return rows_[index(id)].place; }
  std::size_t count(Owner owner) const { return counts_[static_cast<std::size_t>(owner)]; }

 private:
  struct Row {
    const FactSpec* spec;
    std::string_view filter;
    bool enabled;
    std::size_t place;
  };
  std::size_t place_of(FactName name) const;

  std::vector<Row> rows_;
  std::array<std::size_t, kOwners> counts_{};
  // Open addressing; no fact stands more than a few places behind its hash.
  std::vector<std::optional<FactId>> by_name_;
};

struct Fact {
  enum class State { open, known, troubled };

  Fact() noexcept {}  // "= default" would first fill all of it with zeros, for every fact that is learnt
  Fact(State its, Value with, std::vector<std::string> why = {})
      : state(its), value(std::move(with)), because(std::move(why)) {}

  State state = State::open;
  Value value;                       // when known; of a troubled list: the members that are sure
  std::vector<std::string> because;  // when troubled: what failed, for people and the record

  bool known() const { return state == State::known; }
  bool troubled() const { return state == State::troubled; }
};

// One owner's facts on top of its outer owner's: configuration ← session ← transaction ← recipient.  The
// outer object must live longer.
class Facts {
 public:
  // Those of all owners in one.
  explicit Facts(const Vocabulary& vocabulary) : vocabulary_(vocabulary), own_(vocabulary.size()) {}
  // The outermost layer.
  Facts(const Vocabulary& vocabulary, Owner owner)
      : vocabulary_(vocabulary), owner_(owner), own_(vocabulary.count(owner)) {}
  Facts(const Facts& outer, Owner owner)
      : vocabulary_(outer.vocabulary_), outer_(&outer), owner_(owner), own_(vocabulary_.count(owner)) {}
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  std::optional<Owner> owner() const { return owner_; }  // empty: of all
  const Fact& at(FactId id) const;                       // open where no layer here is its owner's
  const Fact& at(FactName name) const;  // throws std::logic_error for a name no filter declared

  // The known value of that type, or nullptr while it is open or troubled.
  template <class T>
  const T* get(FactName name) const {
    const Fact& fact = at(name);
    return fact.known() ? std::get_if<T>(&fact.value) : nullptr;
  }

  // The type must be the one declared and the layer its owner's (std::logic_error otherwise).
  void set(FactName name, Value value);
  void trouble(FactName name, std::string because, std::optional<Value> sure = std::nullopt);
  void put(FactName name, Fact fact);

  // Not facts a rule can name, but what the filters read.  Inherited from the outer layer while unset.
  const Envelope* envelope() const { return envelope_ || !outer_ ? envelope_ : outer_->envelope(); }
  void set_envelope(const Envelope* envelope) { envelope_ = envelope; }
  const Message* message() const {
    return message_ || !outer_ ? message_.get() : outer_->message();
  }  // nullptr until the header section is complete
  void set_message(std::shared_ptr<const Message> message) { message_ = std::move(message); }
  std::shared_ptr<const Message> shared_message() const {
    return message_ || !outer_ ? message_ : outer_->shared_message();
  }
  const std::vector<Evidence>& evidence() const {
    return outer_ && owner_ == Owner::recipient ? outer_->evidence() : evidence_;
  }
  std::vector<Evidence>& own_evidence() { return evidence_; }

 private:
  Fact& own(FactName name, const Value* value);
  std::size_t place(FactId id) const { return owner_ ? vocabulary_.place(id) : index(id); }

  const Vocabulary& vocabulary_;
  const Facts* outer_ = nullptr;
  std::optional<Owner> owner_;  // empty: all
  Shelf<Fact> own_;             // at their place(); where this layer is of all owners at their id
  const Envelope* envelope_ = nullptr;
  std::shared_ptr<const Message> message_;
  std::vector<Evidence> evidence_;
};

}  // namespace policy::inline facts
