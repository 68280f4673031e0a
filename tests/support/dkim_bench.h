#pragma once
// One message signed here, judged by the whole DKIM filter: for the tables of RFC 6376.

#include <functional>
#include <string>

#include <cstdint>
#include <vector>

#include "tests/support/answer_book.h"
#include "tests/support/dkim_signer.h"

namespace support {

// 2023-11-14 22:13:20, when all of them are judged.
constexpr std::int64_t kDkimNow = 1'700'000'000;
constexpr auto kDkimMessage =
    "From: A <a@a.example>\r\nTo: b@b.example\r\nSubject: x\r\n\r\nHello\r\n";  // body: 7 octets
constexpr auto kDkimKeyName = "s1._domainkey.a.example";
constexpr auto kSignatureDiffers =
    "fail: the signature does not match: a signed header field was changed, or the key";
constexpr auto kBodyDiffers = "fail: body hash differs: the message was changed after signing";

// Made once.
const DkimKey& rsa_key();
const DkimKey& ed25519_key();

// "pass", "fail: reason", "pass (weak: why)", one for each signature with "; " between.
std::string judged(const std::string& message, const std::function<void(AnswerBook&)>& publish);
std::string judged(const std::string& message);  // rsa_key() stands at kDkimKeyName

// Throws std::logic_error when there is nothing to replace.
std::string replaced(std::string text, const std::string& what, const std::string& with);

DkimSigning dkim_forms(bool relaxed_header, bool relaxed_body);
DkimSigning dkim_over(std::vector<std::string> fields);
DkimSigning dkim_octets(std::size_t length);

}  // namespace support
