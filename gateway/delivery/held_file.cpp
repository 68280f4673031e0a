#include "gateway/delivery/held_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <system_error>

#include "gateway/delivery/disk.h"
#include "gateway/net/descriptor.h"
#include "gateway/smtp/notification.h"

namespace gateway::delivery {
namespace {

namespace json = boost::json;

constexpr std::string_view kMagic = "postern held 1\r\n";
// A message that whoever does not know of these promises must not send.
constexpr std::string_view kMagicOfPromises = "postern held 2\r\n";
static_assert(kMagic.size() == kMagicOfPromises.size());
constexpr std::size_t kLengthDigits = 8;  // of the record, hexadecimal
constexpr std::size_t kHeadOctets = kMagic.size() + kLengthDigits + SHA256_DIGEST_LENGTH;
constexpr std::uint64_t kLargestRecord = 16 << 20;
constexpr std::uint64_t kLargestHeader = 64 << 20;

std::string digest(std::string_view text) {
  std::string sum(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(sum.data()));
  return sum;
}

struct Record {
  HeldMessage message;
  std::uint64_t header_octets = 0;
  std::uint64_t message_octets = 0;  // header, empty line and body
};

// What is wished for in notifications, where anything is.
void put_wishes(const Parcel& parcel, json::object& record) {
  if (!parcel.ret.empty()) record["ret"] = parcel.ret;
  if (!parcel.envid.empty()) record["envid"] = parcel.envid;
  bool any = false;
  json::array notify;
  json::array original;
  for (const smtp::Recipient& recipient : parcel.recipients) {
    notify.emplace_back(recipient.notify);
    original.emplace_back(recipient.original);
    any = any || !recipient.notify.empty() || !recipient.original.empty();
  }
  if (!any) return;
  record["notify"] = std::move(notify);
  record["original"] = std::move(original);
}

std::string encode(const HeldMessage& held) {
  const Parcel& parcel = held.parcel;
  json::array recipients;
  for (const smtp::Recipient& recipient : parcel.recipients)
    recipients.emplace_back(recipient.address.text());
  json::object record{
      {"id", parcel.id},
      {"mailstore", parcel.mailstore},
      {"sender", parcel.sender.text()},
      {"recipients", recipients},
      {"eight_bit", parcel.eight_bit},
      {"smtputf8", parcel.smtputf8},
      {"header_octets", parcel.header.size()},
      {"message_octets", whole_size(parcel)},
      {"keep", held.keep == Keep::retry ? "retry" : "quarantine"},
      {"reason", held.reason},
      {"verdict", held.verdict},
      {"since", held.since.time_since_epoch().count()},
      {"attempts", held.attempts},
      {"next", held.next.time_since_epoch().count()},
      {"authenticated", held.authenticated},
  };
  put_wishes(parcel, record);
  if (parcel.requiretls) record["requiretls"] = true;
  if (parcel.binary) record["binary"] = true;
  return json::serialize(record);
}

// Members of a record, of the right type or not at all.
class Members {
 public:
  explicit Members(const json::object& object) : object_(object) {}
  bool complete() const { return complete_; }

  std::string text(std::string_view key) {
    const json::value* const value = object_.if_contains(key);
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
    complete_ = false;
    return {};
  }
  bool flag(std::string_view key) {
    const json::value* const value = object_.if_contains(key);
    if (value != nullptr && value->is_bool()) return value->get_bool();
    complete_ = false;
    return false;
  }
  std::int64_t number(std::string_view key) {
    const json::value* const value = object_.if_contains(key);
    if (value != nullptr && value->is_int64()) return value->get_int64();
    complete_ = false;
    return 0;
  }
  Address address(std::string_view text) {
    if (text.empty()) return {};
    if (text == Address::bare_postmaster().text()) return Address::bare_postmaster();
    const std::optional<Address> address = Address::parse(text);
    if (!address) complete_ = false;
    return address.value_or(Address());
  }
  bool flag_if_any(std::string_view key) { return object_.contains(key) && flag(key); }
  // What is left out is not there; what is there must be `good`: it will be said to the mailstore.
  template <class Good>
  std::string wish(std::string_view key, Good good) {
    if (!object_.contains(key)) return {};
    std::string value = text(key);
    complete_ = complete_ && good(value);
    return value;
  }
  template <class Good>
  void wishes(std::string_view key, std::string smtp::Recipient::*member, Good good,
              std::vector<smtp::Recipient>& recipients) {
    const json::value* const value = object_.if_contains(key);
    if (value == nullptr) return;
    complete_ = complete_ && value->is_array() && value->get_array().size() == recipients.size();
    for (std::size_t i = 0; complete_ && i < recipients.size(); ++i) {
      const json::value& item = value->get_array()[i];
      complete_ = item.is_string() && (item.get_string().empty() || good(item.get_string()));
      if (complete_) recipients[i].*member = item.get_string();
    }
  }
  std::vector<smtp::Recipient> recipients(std::string_view key) {
    std::vector<smtp::Recipient> list;
    const json::value* const value = object_.if_contains(key);
    if (value == nullptr || !value->is_array() || value->get_array().empty()) {
      complete_ = false;
      return list;
    }
    for (const json::value& item : value->get_array()) {
      complete_ = complete_ && item.is_string() && !item.get_string().empty();
      if (item.is_string()) list.push_back({address(item.get_string())});
    }
    return list;
  }

 private:
  const json::object& object_;
  bool complete_ = true;
};

std::optional<Record> decode(std::string_view text) {
  // What the outside said may stand in the record, valid UTF-8 or not.
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  boost::system::error_code error;
  const json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;

  Record record;
  HeldMessage& held = record.message;
  Members members(value.get_object());
  held.parcel.id = members.text("id");
  held.parcel.mailstore = members.text("mailstore");
  held.parcel.sender = members.address(members.text("sender"));
  held.parcel.recipients = members.recipients("recipients");
  held.parcel.eight_bit = members.flag("eight_bit");
  held.parcel.smtputf8 = members.flag("smtputf8");
  held.parcel.requiretls = members.flag_if_any("requiretls");
  held.parcel.binary = members.flag_if_any("binary");
  held.parcel.ret = members.wish("ret", smtp::is_ret);
  held.parcel.envid = members.wish("envid", smtp::is_envid);
  const auto is_original = [&](std::string_view value) {
    return smtp::is_original_recipient(value, held.parcel.smtputf8);
  };
  members.wishes("notify", &smtp::Recipient::notify, smtp::is_notify, held.parcel.recipients);
  members.wishes("original", &smtp::Recipient::original, is_original, held.parcel.recipients);
  const std::int64_t header_octets = members.number("header_octets");
  const std::int64_t message_octets = members.number("message_octets");
  const std::string keep = members.text("keep");
  held.keep = keep == "retry" ? Keep::retry : Keep::quarantine;
  held.reason = members.text("reason");
  held.verdict = members.text("verdict");
  held.since = Time(std::chrono::seconds(members.number("since")));
  held.attempts = static_cast<unsigned>(std::clamp<std::int64_t>(members.number("attempts"), 0, 1'000'000));
  held.next = Time(std::chrono::seconds(members.number("next")));
  held.authenticated = members.flag("authenticated");
  const bool sizes_fit = header_octets >= 0 && message_octets >= header_octets + 2 &&
                         static_cast<std::uint64_t>(header_octets) <= kLargestHeader;
  if (!members.complete() || !sizes_fit || (keep != "retry" && keep != "quarantine")) return std::nullopt;
  record.header_octets = static_cast<std::uint64_t>(header_octets);
  record.message_octets = static_cast<std::uint64_t>(message_octets);
  return record;
}

// The message part of a held file.
class FileOctets final : public Octets {
 public:
  FileOctets(net::Descriptor file, std::uint64_t begin, std::uint64_t size)
      : file_(std::move(file)), begin_(begin), size_(size) {}
  std::uint64_t size() const override { return size_; }
  std::string_view read(std::uint64_t offset, std::span<char> room) const override {
    if (offset >= size_ || room.empty()) return {};
    const std::size_t most = std::min<std::uint64_t>(room.size(), size_ - offset);
    for (;;) {
      const ssize_t got = ::pread(file_.get(), room.data(), most, static_cast<off_t>(begin_ + offset));
      if (got > 0) return {room.data(), static_cast<std::size_t>(got)};
      if (got == 0 || errno != EINTR) throw std::runtime_error("a held message cannot be read back");
    }
  }

 private:
  net::Descriptor file_;
  std::uint64_t begin_;
  std::uint64_t size_;
};

struct OpenFile {
  net::Descriptor descriptor;
  std::uint64_t size = 0;
  std::uint64_t message_begins = 0;
  Record record;
};

Result<std::string> read_at(int descriptor, std::uint64_t offset, std::size_t count) {
  std::string octets(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got =
        ::pread(descriptor, octets.data() + filled, count - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error(std::generic_category().message(errno), errno);
    if (got == 0) return Error("the file is cut short");
    filled += static_cast<std::size_t>(got);
  }
  return Result<std::string>(boost::system::in_place_value, std::move(octets));
}

std::optional<std::size_t> parse_length(std::string_view digits) {
  std::size_t length = 0;
  for (const char c : digits) {
    const std::size_t place = std::string_view("0123456789abcdef").find(c);
    if (place == std::string_view::npos) return std::nullopt;
    length = length * 16 + place;
  }
  return length;
}

Result<OpenFile> open_held(const std::filesystem::path& path) {
  OpenFile file;
  file.descriptor = net::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat found {};
  if (file.descriptor.get() < 0 || ::fstat(file.descriptor.get(), &found) != 0)
    return Error(std::generic_category().message(errno), errno);
  if (!S_ISREG(found.st_mode)) return Error("it is no regular file");
  file.size = static_cast<std::uint64_t>(found.st_size);

  const Result<std::string> head = read_at(file.descriptor.get(), 0, kHeadOctets);
  if (!head) return head.error();
  if (!head->starts_with(kMagic) && !head->starts_with(kMagicOfPromises))
    return Error("it is no held message");
  const auto length = parse_length(std::string_view(*head).substr(kMagic.size(), kLengthDigits));
  if (!length || *length > kLargestRecord) return Error("its record has no sensible length");
  const Result<std::string> text = read_at(file.descriptor.get(), kHeadOctets, *length);
  if (!text) return text.error();
  if (digest(*text) != head->substr(kMagic.size() + kLengthDigits)) return Error("its record is damaged");
  std::optional<Record> record = decode(*text);
  if (!record) return Error("its record cannot be understood");
  file.message_begins = kHeadOctets + *length;
  if (file.size != file.message_begins + record->message_octets)
    return Error("it is longer or shorter than its record says");
  file.record = *std::move(record);
  return file;
}

}  // namespace

Result<std::string> held_file_head(const HeldMessage& message) {
  const bool has_promises = message.parcel.requiretls || message.parcel.binary;
  const std::string record = encode(message);
  if (record.size() > kLargestRecord || !decode(record))
    return Error("the record of " + printable(message.parcel.id) + " could not be read back");
  return Result<std::string>(boost::system::in_place_value,
                             std::string(has_promises ? kMagicOfPromises : kMagic) +
                                 fmt::format("{:08x}", record.size()) + digest(record) + record);
}

Result<HeldMessage> read_held_record(const std::filesystem::path& path) {
  Result<OpenFile> file = open_held(path);
  if (!file) return file.error();
  return std::move(file->record.message);
}

Result<HeldMessage> read_held_file(const std::filesystem::path& path) {
  Result<OpenFile> file = open_held(path);
  if (!file) return file.error();
  const std::uint64_t header_octets = file->record.header_octets;
  Result<std::string> header =
      read_at(file->descriptor.get(), file->message_begins, static_cast<std::size_t>(header_octets) + 2);
  if (!header) return header.error();
  if (!header->ends_with("\r\n")) return Error("its header section does not end where its record says");
  header->resize(header_octets);

  HeldMessage message = std::move(file->record.message);
  message.parcel.header = *std::move(header);
  message.parcel.octets = std::make_shared<FileOctets>(std::move(file->descriptor), file->message_begins,
                                                       file->record.message_octets);
  message.parcel.body_offset = header_octets + 2;
  return message;
}

}  // namespace gateway::delivery
