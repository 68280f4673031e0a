// Where a request ends, and what leaves that open.
#include "gateway/web/request_head.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace gateway::web {
namespace {

// The head after `fields`, each with its CRLF; nothing when it is broken.
std::optional<RequestHead> head(std::string_view fields) {
  RequestHead head;
  for (const char c : "GET / HTTP/1.1\r\n" + std::string(fields) + "\r\n")
    if (!head.take(c)) return std::nullopt;
  return head;
}

int refused(std::string_view fields) {
  const auto taken = head(fields);
  if (!taken) return 0;
  const auto refusal = taken->refusal();
  return refusal ? refusal->status : 200;
}

TEST(RequestHead, is_done_at_the_empty_line) {
  EXPECT_TRUE(head("Host: a\r\n")->done());
  EXPECT_TRUE(head("")->done());
  RequestHead half;
  for (const char c : std::string_view("GET / HTTP/1.1\r\nHost: a\r\n")) EXPECT_TRUE(half.take(c));
  EXPECT_FALSE(half.done());
}

TEST(RequestHead, knows_whether_a_body_follows) {
  EXPECT_FALSE(head("Host: a\r\n")->has_body());
  EXPECT_FALSE(head("Content-Length: 0\r\n")->has_body());
  EXPECT_TRUE(head("content-length: 10\r\n")->has_body());
  EXPECT_FALSE(head("Content-Length: 10\r\n")->is_chunked());
  EXPECT_TRUE(head("Transfer-Encoding: chunked\r\n")->has_body());
  EXPECT_TRUE(head("Transfer-Encoding: chunked\r\n")->is_chunked());
}

TEST(RequestHead, refuses_framing_open_to_doubt) {
  EXPECT_EQ(refused("Content-Length: 5\r\n"), 200);
  EXPECT_EQ(refused("Transfer-Encoding: Chunked\r\n"), 200);
  EXPECT_EQ(refused("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(refused("Content-Length: 5\r\nContent-Length: 6\r\n"), 400);
  EXPECT_EQ(refused("Content-Length: 5\r\nContent-Length: 5\r\n"), 400);
  for (const char* const length : {"abc", "", "+5", "-1", "5, 5", "0x5", "%35", "5 5", "9999999999999999999"})
    EXPECT_EQ(refused("Content-Length: " + std::string(length) + "\r\n"), 400) << length;
  for (const char* const coding : {"gzip", "gzip, chunked", "%63hunked", "", "identity"})
    EXPECT_EQ(refused("Transfer-Encoding: " + std::string(coding) + "\r\n"), 501) << coding;
  EXPECT_EQ(refused("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 501);
}

TEST(RequestHead, refuses_two_hosts) {
  EXPECT_EQ(refused("Host: a\r\n"), 200);
  EXPECT_EQ(refused("Host: a\r\nhost: a\r\n"), 400);
}

TEST(RequestHead, refuses_coded_bodies) {
  EXPECT_EQ(refused("Content-Encoding: gzip\r\n"), 415);
  EXPECT_EQ(refused("CONTENT-ENCODING: br\r\n"), 415);
}

TEST(RequestHead, believes_no_broken_line) {
  for (const char* const line :
       {"Content-Length: 5\n", "Content-Length : 5\r\n", " Content-Length: 5\r\n", "Host: a\r\n\tb\r\n",
        "no colon\r\n", ": no name\r\n", "X: a\rb\r\n", "X\x01: a\r\n", "X: \x7f\r\n"})
    EXPECT_FALSE(head(line)) << line;
}

TEST(RequestHead, has_a_bound) {
  EXPECT_TRUE(head("X: " + std::string(RequestHead::kMostOctets - 100, 'a') + "\r\n"));
  EXPECT_FALSE(head("X: " + std::string(RequestHead::kMostOctets, 'a') + "\r\n"));
}

}  // namespace
}  // namespace gateway::web
