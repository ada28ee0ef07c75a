// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>

#include <set>

#include "s2/retry/internal/random.h"
#include "s2/session/internal/exactly_once/batch_stamp.h"
#include "s2/tests/session/exactly_once_fixture.h"

namespace s2::internal {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;

class BatchStampTest : public ::testing::Test {
 protected:
  BatchStamp Make(bool fence, const std::string& header) {
    ExactlyOnceOptions options;
    options.fence = fence;
    options.identity_header = header;
    return BatchStamp(options, [this] { return (++draws_ % 1000) / 1000.0; });
  }
  int draws_ = 0;
};

TEST_F(BatchStampTest, DrawsIdsThatDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    ids.insert(DrawUniqueId([this] { return (++draws_ % 997) / 997.0; }));
  }
  EXPECT_EQ(ids.size(), 100);
  EXPECT_EQ(ids.begin()->size(), 32);
}

TEST_F(BatchStampTest, AddsNothingUnasked) {
  v1::AppendInput input = MakeBatch("a");
  input.set_fencing_token("mine");
  const v1::AppendInput before = input;
  EXPECT_TRUE(Make(false, "").Add(input).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(input, before));
}

TEST_F(BatchStampTest, AddsAndRemovesTokenAndIdentity) {
  const BatchStamp stamp = Make(true, "id");
  v1::AppendInput input = MakeInput({MakeRecord({{"k", "v"}}, "a"), MakeRecord("b")});
  const v1::AppendInput before = input;
  ASSERT_TRUE(stamp.Add(input).ok());
  EXPECT_EQ(input.fencing_token(), stamp.token());
  EXPECT_EQ(stamp.token().size(), 32);
  ASSERT_EQ(input.records(0).headers_size(), 2);
  EXPECT_EQ(input.records(0).headers(1).name(), "id");
  EXPECT_EQ(input.records(0).headers(1).value().size(), 32);
  EXPECT_EQ(input.records(1).headers(0).value(), input.records(0).headers(1).value());
  EXPECT_EQ(MeteredBytes(input), MeteredBytes(before) + 2 * (34 + 2));
  stamp.Remove(input);
  EXPECT_TRUE(MessageDifferencer::Equals(input, before));
}

TEST_F(BatchStampTest, TwoSessionsDifferInBoth) {
  const BatchStamp one = Make(true, "id");
  const BatchStamp other = Make(true, "id");
  v1::AppendInput a = MakeBatch("a");
  v1::AppendInput b = MakeBatch("a");
  ASSERT_TRUE(one.Add(a).ok());
  ASSERT_TRUE(other.Add(b).ok());
  EXPECT_NE(a.fencing_token(), b.fencing_token());
  EXPECT_NE(a.records(0).headers(0).value(), b.records(0).headers(0).value());
}

TEST_F(BatchStampTest, ARecordThatHasAnIdentityKeepsIt) {
  const BatchStamp stamp = Make(false, "id");
  v1::AppendInput input = MakeInput({MakeRecord({{"id", "old"}, {"k", "v"}}, "a")});
  const v1::AppendInput before = input;
  ASSERT_TRUE(stamp.Add(input).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(input, before));
  stamp.Remove(input);
  EXPECT_TRUE(MessageDifferencer::Equals(input, before));
}

TEST_F(BatchStampTest, ABatchThatBringsItsPinGetsNoIdentity) {
  const BatchStamp stamp = Make(true, "id");
  v1::AppendInput input = MakeBatch("a");
  input.set_match_seq_num(3);
  ASSERT_TRUE(stamp.Add(input).ok());
  EXPECT_EQ(input.fencing_token(), stamp.token());
  EXPECT_EQ(input.records(0).headers_size(), 0);
}

TEST_F(BatchStampTest, CommandsStayCommands) {
  const BatchStamp stamp = Make(true, "id");
  v1::AppendInput input = MakeInput({MakeTrimRecord(3), MakeRecord("a")});
  ASSERT_TRUE(stamp.Add(input).ok());
  EXPECT_TRUE(IsCommand(input.records(0)));
  EXPECT_EQ(input.records(1).headers_size(), 1);
}

TEST_F(BatchStampTest, RefusesAnotherTokenOrFenceNextToItsOwn) {
  const BatchStamp stamp = Make(true, "id");
  for (const char* token : {"mine", ""}) {
    v1::AppendInput input = MakeBatch("a");
    input.set_fencing_token(token);
    const absl::Status status = stamp.Add(input);
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
    EXPECT_THAT(status.message(), HasSubstr("fencing_token"));
    EXPECT_EQ(input.fencing_token(), token);
    EXPECT_EQ(input.records(0).headers_size(), 0);
  }
  v1::AppendInput fence = MakeInput({MakeRecord("a"), MakeFenceRecord("mine")});
  const absl::Status status = stamp.Add(fence);
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_THAT(status.message(), HasSubstr("records[1]"));
}

}  // namespace
}  // namespace s2::internal
