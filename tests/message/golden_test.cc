// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Streams that S2's package streamstore-patterns 2.1.4 wrote (golden/make.mjs), and its reader of
// ours.

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "s2/message/dedupe_stamp.h"
#include "s2/message/message_reader.h"
#include "s2/tests/message/scripted_reader.h"

namespace s2 {
namespace {

std::string Content(const std::string& file) {
  std::ifstream in(std::string(S2_GOLDEN) + "/" + file);
  EXPECT_TRUE(in.good()) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

class GoldenTest : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Streams, GoldenTest,
                         ::testing::Values("one_part", "many_parts", "deduped", "duplicates",
                                           "another_writer", "cut_short", "too_long", "too_short",
                                           "foreign", "legacy_writer"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(GoldenTest, IsReadAsThePackageReadsIt) {
  v1::ReadBatch batch;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      Content(std::string(GetParam()) + ".records"), &batch));
  std::string read;
  auto reader = *MessageReader<std::string>::Make(testing::ReadsBatch(batch));
  for (const Message<std::string>& message : reader) {
    read += absl::BytesToHexString(message.value) + "\n";
  }
  EXPECT_TRUE(reader.status().ok()) << reader.status();
  EXPECT_EQ(read, Content(std::string(GetParam()) + ".messages"));
}

// Runs where script/test-patterns has installed the package.
TEST(PackageTest, ReadsWhatIsOurs) {
  const char* const folder = std::getenv("S2_PATTERNS");
  if (folder == nullptr) GTEST_SKIP() << "see script/test-patterns";
  FramingOptions options;
  options.max_part_bytes = 10;
  DedupeStamp stamp(3);
  std::string expected;
  std::ofstream file(std::string(folder) + "/ours");
  for (const size_t size : {1, 9, 10, 11, 95, 100, 1000}) {
    const std::string message(size, static_cast<char>(size));
    expected += absl::BytesToHexString(message) + "\n";
    std::vector<v1::AppendRecord> records = *FrameMessage(message, options);
    ASSERT_TRUE(stamp.Stamp(records).ok());
    for (int twice = 0; twice < 2; ++twice) {
      for (const v1::AppendRecord& record : records) {
        for (const v1::Header& header : record.headers()) {
          file << absl::BytesToHexString(header.name()) << " "
               << absl::BytesToHexString(header.value()) << " ";
        }
        file << absl::BytesToHexString(record.body()) << "\n";
      }
    }
  }
  file.close();
  const std::string command = "cd " + std::string(folder) + " && node read.mjs <ours >theirs";
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream theirs(std::string(folder) + "/theirs");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(theirs), {}), expected);
}

}  // namespace
}  // namespace s2
