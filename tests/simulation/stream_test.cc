// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/stream.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::simulation {
namespace {

Input Batch(std::vector<v1::AppendRecord> records,
            std::optional<uint64_t> match_seq_num = std::nullopt,
            const std::optional<std::string>& token = std::nullopt) {
  v1::AppendInput input = MakeInput(std::move(records));
  if (match_seq_num) input.set_match_seq_num(*match_seq_num);
  if (token) input.set_fencing_token(*token);
  return std::make_shared<const v1::AppendInput>(std::move(input));
}

class StreamModelTest : public ::testing::Test {
 protected:
  Verdict Append(const Input& input) { return stream_.Append(input, 0); }
  ErrorCode Code(const Verdict& verdict) { return GetErrorCode(verdict.error); }

  Stream stream_{0};
};

TEST_F(StreamModelTest, GivesPositionsBeforeTheyAreDurable) {
  EXPECT_EQ(Append(Batch({MakeRecord("a"), MakeRecord("b")})).end, 2);
  EXPECT_EQ(stream_.next(), 2);
  EXPECT_EQ(stream_.durable(), 0);
  EXPECT_EQ(Append(Batch({MakeRecord("c")}, 2)).start, 2);
}

TEST_F(StreamModelTest, AMismatchWaitsForAllThatIsPending) {
  Append(Batch({MakeRecord("a")}));
  const Verdict verdict = Append(Batch({MakeRecord("b")}, 7));
  EXPECT_EQ(Code(verdict), ErrorCode::kSeqNumMismatch);
  EXPECT_EQ(GetErrorInfo(verdict.error).expected_seq_num(), 1);
  EXPECT_EQ(verdict.needs, 1);
}

TEST_F(StreamModelTest, ChecksTheTokenFirst) {
  EXPECT_EQ(Code(Append(Batch({MakeRecord("a")}, 7, "t"))), ErrorCode::kFencingTokenMismatch);
}

TEST_F(StreamModelTest, AFenceSparesItsOwnBatchAndThoseWithoutToken) {
  EXPECT_TRUE(Append(Batch({MakeFenceRecord("t"), MakeRecord("a")}, 0, "")).error.ok());
  const Verdict verdict = Append(Batch({MakeRecord("b")}, std::nullopt, ""));
  EXPECT_EQ(Code(verdict), ErrorCode::kFencingTokenMismatch);
  EXPECT_EQ(verdict.needs, 1);
  EXPECT_TRUE(Append(Batch({MakeRecord("c")})).error.ok());
  EXPECT_TRUE(Append(Batch({MakeRecord("d")}, std::nullopt, "t")).error.ok());
}

TEST_F(StreamModelTest, LosesWhatIsPendingAndItsFence) {
  Append(Batch({MakeRecord("a")}));
  stream_.MakeDurable(1);
  Append(Batch({MakeFenceRecord("t")}));
  stream_.LosePending();
  EXPECT_EQ(stream_.next(), 1);
  EXPECT_EQ(stream_.token(), "");
}

TEST_F(StreamModelTest, TrimsUpToTheCommandAtTheMost) {
  Append(Batch({MakeRecord("a"), MakeRecord("b")}));
  Append(Batch({MakeTrimRecord(99), MakeRecord("c")}));
  stream_.MakeDurable(4);
  EXPECT_TRUE(stream_.at(2).gone);
  EXPECT_FALSE(stream_.at(3).gone);
}

TEST_F(StreamModelTest, ATimestampTellsTheLife) {
  EXPECT_EQ(Stream::Life(stream_.Timestamp(5)), 0);
  EXPECT_EQ(Stream::Life(Stream(3).Timestamp(5)), 3);
}

}  // namespace
}  // namespace s2::simulation
