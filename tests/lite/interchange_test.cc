// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What we append the official client reads, byte for byte, and the reverse.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "s2/record/record.h"
#include "s2/tests/lite/lite.h"

namespace s2::lite {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

// All bytes.
std::string Binary(size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i * 7 + i / 256));
  return bytes;
}

std::vector<v1::AppendRecord> Records() {
  std::vector<v1::AppendRecord> records;
  for (const std::string& body :
       {std::string("one"), std::string(" \r\n\0\n", 5), Binary(300000)}) {
    records.push_back(MakeRecord(body));
    v1::Header& header = *records.back().add_headers();
    header.set_name(Binary(20));
    header.set_value(Binary(2000));
  }
  return records;
}

// As the official client writes and reads them.
std::string ToJson(const v1::AppendRecord& record) {
  const v1::Header& header = record.headers(0);
  return absl::StrCat("\"headers\":[[\"", absl::Base64Escape(header.name()), "\",\"",
                      absl::Base64Escape(header.value()), "\"]],\"body\":\"",
                      absl::Base64Escape(record.body()), "\"}");
}

class InterchangeTest : public ::testing::TestWithParam<const char*> {
 protected:
  Lite lite_;
  const Client client_ = MustConnect(lite_.endpoint() + GetParam());
  const s2::Stream stream_ = MakeStream(client_, "s");
};

TEST_P(InterchangeTest, TheOfficialClientReadsWhatWeAppend) {
  const std::vector<v1::AppendRecord> records = Records();
  absl::StatusOr<AppendSession> session = stream_.OpenAppendSession();
  ASSERT_TRUE(session.ok());
  for (const v1::AppendRecord& record : records) {
    ASSERT_TRUE(session->Submit(MakeInput({record})).ok());
  }
  ASSERT_EQ(session->Close(), absl::OkStatus());
  const std::string output = RunCli(lite_,
                                    {"read", "--seq-num", "0", "--count",
                                     absl::StrCat(records.size()), "--format", "json-base64"},
                                    "s");
  const std::vector<std::string> lines = absl::StrSplit(output, '\n');
  ASSERT_GE(lines.size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_THAT(lines[i], StartsWith(absl::StrCat("{\"seq_num\":", i, ",")));
    EXPECT_THAT(lines[i], EndsWith("," + ToJson(records[i])));
  }
}

TEST_P(InterchangeTest, WeReadWhatTheOfficialClientAppends) {
  const std::vector<v1::AppendRecord> records = Records();
  std::string lines;
  for (const v1::AppendRecord& record : records) {
    absl::StrAppend(&lines, "{", ToJson(record), "\n");
  }
  RunCli(lite_, {"append", "--format", "json-base64"}, "s", lines);
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_count(records.size());
  absl::StatusOr<ReadSession> session = stream_.OpenReadSession(request);
  ASSERT_TRUE(session.ok());
  std::vector<v1::SequencedRecord> read;
  for (const ReadResult& result : session->Batches()) {
    read.insert(read.end(), result.batch.records().begin(), result.batch.records().end());
  }
  ASSERT_EQ(session->status(), absl::OkStatus());
  ASSERT_EQ(read.size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(read[i].seq_num(), i);
    EXPECT_EQ(read[i].body(), records[i].body());
    ASSERT_EQ(read[i].headers_size(), 1);
    EXPECT_EQ(read[i].headers(0).name(), records[i].headers(0).name());
    EXPECT_EQ(read[i].headers(0).value(), records[i].headers(0).value());
  }
}

INSTANTIATE_TEST_SUITE_P(Compression, InterchangeTest,
                         ::testing::Values("", "?compression=gzip", "?compression=zstd"),
                         [](const auto& info) {
                           return info.index == 0 ? "None" : info.index == 1 ? "Gzip" : "Zstd";
                         });

}  // namespace
}  // namespace s2::lite
