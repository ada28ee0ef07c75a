// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;

// match_seq_num, and the fencing token.
class ConditionsTest : public ConformanceTest {
 protected:
  static absl::StatusOr<v1::AppendAck> Fence(const s2::Stream& stream, const std::string& token,
                                             const std::string& current = "") {
    v1::AppendInput input = MakeInput({MakeFenceRecord(token)});
    input.set_fencing_token(current);
    return stream.Append(input);
  }
};

TEST_F(ConditionsTest, MatchSeqNumIsThatOfTheNextRecord) {
  const s2::Stream stream = NewStream();
  EXPECT_THAT(Must(stream.Append(Matched(0, {"a", "b"}))), Spans(0, 2));
  EXPECT_THAT(Must(stream.Append(Matched(2, {"c"}))), Spans(2, 3));
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAre("a", "b", "c"));
}

TEST_F(ConditionsTest, AnotherSeqNumIsRefusedWithTheOneThatIsNext) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(Input({"a", "b"})));
  for (const uint64_t match : {0, 1, 3}) {
    const absl::Status status = stream.Append(Matched(match, {"x"})).status();
    EXPECT_THAT(status, HasCode(ErrorCode::kSeqNumMismatch));
    EXPECT_EQ(GetErrorInfo(status).expected_seq_num(), 2u);
  }
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 2u);
}

TEST_F(ConditionsTest, AFencedStreamTakesBatchesWithItsToken) {
  const s2::Stream stream = NewStream();
  EXPECT_THAT(Must(stream.Append(Fenced("", {"a"}))), Spans(0, 1));
  EXPECT_THAT(Must(Fence(stream, "token")), Spans(1, 2));
  EXPECT_THAT(Must(stream.Append(Fenced("token", {"b"}))), Spans(2, 3));
}

TEST_F(ConditionsTest, AFencedStreamRefusesAnotherTokenAndTellsItsOwn) {
  const s2::Stream stream = NewStream();
  Must(Fence(stream, "token"));
  for (const char* wrong : {"", "other", "Token", "token "}) {
    const absl::Status status = stream.Append(Fenced(wrong, {"x"})).status();
    EXPECT_THAT(status, HasCode(ErrorCode::kFencingTokenMismatch));
    EXPECT_EQ(GetErrorInfo(status).expected_fencing_token(), "token");
  }
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 1u);
}

TEST_F(ConditionsTest, ABatchWithoutTokenIsNotChecked) {
  const s2::Stream stream = NewStream();
  Must(Fence(stream, "token"));
  EXPECT_THAT(Must(stream.Append(Input({"a"}))), Spans(1, 2));
}

TEST_F(ConditionsTest, TheTokenCanBeChangedAndCleared) {
  const s2::Stream stream = NewStream();
  const std::string longest(36, 't');
  Must(Fence(stream, "token"));
  EXPECT_THAT(Fence(stream, "other").status(), HasCode(ErrorCode::kFencingTokenMismatch));
  Must(Fence(stream, longest, "token"));
  Must(Fence(stream, "", longest));
  EXPECT_THAT(Must(stream.Append(Fenced("", {"a"}))), Spans(3, 4));
}

TEST_F(ConditionsTest, AFenceHoldsForTheBatchesBehindItsOwn) {
  const s2::Stream stream = NewStream();
  v1::AppendInput input = Fenced("", {"a"});
  *input.add_records() = MakeFenceRecord("token");
  *input.add_records() = MakeRecord("b");
  EXPECT_THAT(Must(stream.Append(input)), Spans(0, 3));
  EXPECT_THAT(stream.Append(input).status(), HasCode(ErrorCode::kFencingTokenMismatch));
}

TEST_F(ConditionsTest, TheTokenIsCheckedBeforeTheSeqNum) {
  const s2::Stream stream = NewStream();
  v1::AppendInput input = Fenced("wrong", {"x"});
  input.set_match_seq_num(9);
  EXPECT_THAT(stream.Append(input).status(), HasCode(ErrorCode::kFencingTokenMismatch));
}

}  // namespace
}  // namespace s2::conformance
