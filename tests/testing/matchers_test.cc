// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/testing/matchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "s2/record/record.h"
#include "s2/testing/answers.h"

namespace s2::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// What a failed EXPECT_THAT says about the value.
template <typename M, typename T>
std::string Explain(const M& matcher, const T& value) {
  ::testing::StringMatchResultListener listener;
  EXPECT_FALSE(::testing::ExplainMatchResult(matcher, value, &listener));
  return listener.str();
}

TEST(Matchers, AStatus) {
  const absl::Status error = MakeError(ErrorCode::kStreamNotFound, "no such stream");
  EXPECT_THAT(absl::OkStatus(), IsOk());
  EXPECT_THAT(error, Not(IsOk()));
  EXPECT_THAT(error, HasStatusCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(error, Not(HasStatusCode(absl::StatusCode::kInternal)));
  EXPECT_THAT(error, HasErrorCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(error, Not(HasErrorCode(ErrorCode::kBasinNotFound)));
  EXPECT_THAT(absl::OkStatus(), Not(HasErrorCode(ErrorCode::kBasinNotFound)));
  EXPECT_THAT(Explain(IsOk(), error), HasSubstr("no such stream"));
  EXPECT_EQ(::testing::DescribeMatcher<absl::Status>(HasErrorCode(ErrorCode::kStreamNotFound)),
            "has the error code stream_not_found");
}

TEST(Matchers, AStatusOr) {
  const absl::StatusOr<int> seven = 7;
  const absl::StatusOr<int> none = MakeError(ErrorCode::kStreamNotFound, "no such stream");
  EXPECT_THAT(seven, IsOk());
  EXPECT_THAT(seven, IsOkAndHolds(7));
  EXPECT_THAT(seven, IsOkAndHolds(Gt(6)));
  EXPECT_THAT(seven, Not(IsOkAndHolds(8)));
  EXPECT_THAT(none, Not(IsOkAndHolds(7)));
  EXPECT_THAT(none, HasErrorCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(none, HasStatusCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(Explain(IsOkAndHolds(7), none), HasSubstr("no such stream"));
}

TEST(Matchers, TheEffectOfAFailedAppend) {
  EXPECT_THAT(MakeAppendError(ErrorCode::kAckTimeout, false), HasNoEffect());
  EXPECT_THAT(MakeAppendError(ErrorCode::kAckTimeout, true), Not(HasNoEffect()));
  EXPECT_THAT(MakeAppendError(ErrorCode::kAckTimeout, true), HasErrorCode(ErrorCode::kAckTimeout));
  EXPECT_THAT(absl::OkStatus(), Not(HasNoEffect()));
}

TEST(Matchers, ARecord) {
  const v1::AppendRecord record = MakeRecord({{"kind", "greeting"}}, "hello");
  EXPECT_THAT(record, RecordBody("hello"));
  EXPECT_THAT(record, RecordBody(StartsWith("he")));
  EXPECT_THAT(record, Not(RecordBody("hell")));
  EXPECT_THAT(record, RecordHeader("kind", "greeting"));
  EXPECT_THAT(record, RecordHeader("kind", HasSubstr("greet")));
  EXPECT_THAT(record, Not(RecordHeader("kind", "farewell")));
  EXPECT_THAT(record, Not(RecordHeader("sort", "greeting")));
  EXPECT_THAT(MakeSequencedRecord(7, "x"), RecordSeqNum(7));
  EXPECT_THAT(MakeSequencedRecord(7, "x"), Not(RecordSeqNum(8)));
  EXPECT_THAT(MakeSequencedRecord(7, "x"), RecordBody("x"));
}

TEST(Matchers, ABatch) {
  const v1::AppendInput input = MakeInput({MakeRecord("a"), MakeRecord("b")});
  EXPECT_THAT(input, RecordBodies(ElementsAre("a", "b")));
  EXPECT_THAT(input, Not(RecordBodies(ElementsAre("b", "a"))));
  EXPECT_THAT(input.records(), ElementsAre(RecordBody("a"), RecordBody("b")));
  EXPECT_THAT(MakeReadBatch(3, {"a", "b"}), RecordBodies(ElementsAre("a", "b")));
  EXPECT_THAT(MakeReadBatch(3, {"a", "b"}).records(),
              ElementsAre(RecordSeqNum(3), RecordSeqNum(4)));
  EXPECT_THAT(MakeReadResult(3, {"a"}), RecordBodies(ElementsAre("a")));
  EXPECT_THAT(Explain(RecordBodies(ElementsAre("b")), input), HasSubstr("{ \"a\", \"b\" }"));
}

TEST(Matchers, AnAck) {
  EXPECT_THAT(MakeAck(3, 5), AcksRange(3, 5));
  EXPECT_THAT(MakeAck(3, 5), Not(AcksRange(3, 6)));
  EXPECT_THAT(MakeAck(3, 5), Not(AcksRange(2, 5)));
  const absl::StatusOr<v1::AppendAck> ack = MakeAck(3, 5);
  EXPECT_THAT(ack, IsOkAndHolds(AcksRange(3, Gt(4))));
}

}  // namespace
}  // namespace s2::testing
