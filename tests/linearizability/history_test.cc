// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/linearizability/history.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace s2::linearizability {
namespace {

// S2's own vectors.
TEST(HistoryTest, HashesAsS2sCheckerDoes) {
  EXPECT_EQ(HashBody("foo"), 0xab6e5f64077e7d8a);
  const uint64_t foo = HashStream(0, "foo");
  const uint64_t bar = HashStream(foo, "bar");
  EXPECT_EQ(foo, 0x4d2b003ee417c3a5);
  EXPECT_EQ(bar, 0x132e5d5dd7936edd);
  EXPECT_EQ(HashStream(bar, "baz"), 0x732ee99abc5002ff);
}

TEST(HistoryTest, KeepsTheOrderAndPutsWhatStayedOpenLast) {
  const std::string path = ::testing::TempDir() + "/history.jsonl";
  History history(path);
  const int one = history.NewClient();
  const int two = history.NewClient();
  const int open = history.Start(one, "1");
  const int read = history.Start(two, R"("Read")");
  history.FinishAtEnd(one, open, "2");
  history.Finish(two, read, R"("ReadFailure")");
  ASSERT_TRUE(history.Close());
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
            R"({"event":{"Start":1},"client_id":1,"op_id":1}
{"event":{"Start":"Read"},"client_id":2,"op_id":2}
{"event":{"Finish":"ReadFailure"},"client_id":2,"op_id":2}
{"event":{"Finish":2},"client_id":1,"op_id":1}
)");
}

}  // namespace
}  // namespace s2::linearizability
