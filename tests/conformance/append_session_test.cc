// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "absl/strings/str_cat.h"
#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using AppendSessionTest = ConformanceTest;

TEST_F(AppendSessionTest, AcksEveryBatchInOrder) {
  const s2::Stream stream = NewStream();
  AppendSession session = OpenAppend(stream);
  std::vector<absl::StatusOr<AppendTicket>> tickets;
  for (const std::string& number : Numbers(100)) {
    tickets.push_back(session.Submit(Input({number}), Soon()));
  }
  for (int i = 0; i < 100; ++i) EXPECT_THAT(Must(Await(tickets[i])), Spans(i, i + 1));
  Close(session);
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAreArray(Numbers(100)));
}

TEST_F(AppendSessionTest, AnEmptyOneEndsWell) {
  const s2::Stream stream = NewStream();
  AppendSession session = OpenAppend(stream);
  Close(session);
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 0u);
}

TEST_F(AppendSessionTest, CloseDeliversEveryAck) {
  AppendSession session = OpenAppend(NewStream());
  std::vector<absl::StatusOr<AppendTicket>> tickets;
  for (int i = 0; i < 10; ++i) tickets.push_back(session.Submit(Input({"a", "b", "c"})));
  Close(session);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(tickets[i].ok() && tickets[i]->done());
    EXPECT_THAT(Must(Await(tickets[i])), Spans(3 * i, 3 * i + 3));
  }
}

TEST_F(AppendSessionTest, FlushMakesAllBeforeItDurableAndTheSessionGoesOn) {
  const s2::Stream stream = NewStream();
  AppendSession session = OpenAppend(stream);
  for (int round = 1; round <= 3; ++round) {
    for (int i = 0; i < 5; ++i) (void)session.Submit(Input({"x"}));
    EXPECT_EQ(session.Flush(Soon()), absl::OkStatus());
    EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 5u * round);
  }
  Close(session);
}

TEST_F(AppendSessionTest, ATicketThatIsDroppedChangesNothing) {
  const s2::Stream stream = NewStream();
  AppendSession session = OpenAppend(stream);
  (void)session.Submit(Input({"dropped"}));
  EXPECT_THAT(Must(Await(session.Submit(Input({"kept"})))), Spans(1, 2));
  Close(session);
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAre("dropped", "kept"));
}

TEST_F(AppendSessionTest, TheLargestBatchesFit) {
  const s2::Stream stream = NewStream();
  AppendSession session = OpenAppend(stream);
  std::vector<absl::StatusOr<AppendTicket>> tickets;
  for (int i = 0; i < 12; ++i) {
    tickets.push_back(session.Submit(Sized(1, kMaxBatchBytes - 8), Soon()));
  }
  for (int i = 0; i < 12; ++i) EXPECT_THAT(Must(Await(tickets[i])), Spans(i, i + 1));
  Close(session);
}

TEST_F(AppendSessionTest, KeepsTheConditionsOfEachBatch) {
  AppendSession session = OpenAppend(NewStream());
  for (const uint64_t match : {0, 2, 4}) (void)session.Submit(Matched(match, {"a", "b"}));
  EXPECT_THAT(Must(Await(session.Submit(Matched(6, {"c"})))), Spans(6, 7));
  Close(session);
}

TEST_F(AppendSessionTest, AFailedConditionEndsItAndWhatIsBehindHadNoEffect) {
  const s2::Stream stream = NewStream();
  AppendSession session = OpenAppend(stream);
  const auto good = session.Submit(Matched(0, {"a"}));
  const auto bad = session.Submit(Matched(7, {"b"}));
  const auto behind = session.Submit(Input({"c"}));
  EXPECT_THAT(Must(Await(good)), Spans(0, 1));
  const absl::Status status = Await(bad).status();
  EXPECT_THAT(status, HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_EQ(GetErrorInfo(status).expected_seq_num(), 1u);
  EXPECT_TRUE(HasNoSideEffects(status));
  EXPECT_THAT(Await(behind).status(), HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_TRUE(HasNoSideEffects(Await(behind).status()));
  EXPECT_THAT(session.Close(Soon()), HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAre("a"));
}

TEST_F(AppendSessionTest, AWrongTokenEndsItWithTheRightOne) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(MakeInput({MakeFenceRecord("token")})));
  AppendSession session = OpenAppend(stream);
  EXPECT_THAT(Must(Await(session.Submit(Fenced("token", {"a"})))), Spans(1, 2));
  const absl::Status status = Await(session.Submit(Fenced("wrong", {"b"}))).status();
  EXPECT_THAT(status, HasCode(ErrorCode::kFencingTokenMismatch));
  EXPECT_EQ(GetErrorInfo(status).expected_fencing_token(), "token");
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 2u);
}

TEST_F(AppendSessionTest, AFenceHoldsForTheNextBatch) {
  AppendSession session = OpenAppend(NewStream());
  v1::AppendInput fence = MakeInput({MakeFenceRecord("token")});
  fence.set_fencing_token("");
  (void)session.Submit(std::move(fence));
  EXPECT_THAT(Must(Await(session.Submit(Fenced("token", {"a"})))), Spans(1, 2));
  EXPECT_THAT(Await(session.Submit(Fenced("", {"b"}))).status(),
              HasCode(ErrorCode::kFencingTokenMismatch));
}

TEST_F(AppendSessionTest, ToAMissingStreamIsNotFound) {
  AppendSession session = OpenAppend(basin().Stream(NewName()));
  const absl::Status status = Await(session.Submit(Input({"x"}))).status();
  EXPECT_THAT(status, HasCode(ErrorCode::kStreamNotFound));
  EXPECT_TRUE(HasNoSideEffects(status));
  EXPECT_THAT(session.Close(Soon()), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(AppendSessionTest, OthersMayInterleaveWithoutGapOrOverlap) {
  const s2::Stream stream = NewStream();
  AppendSession first = OpenAppend(stream);
  AppendSession second = OpenAppend(stream);
  std::vector<absl::StatusOr<AppendTicket>> tickets;
  for (int i = 0; i < 50; ++i) {
    tickets.push_back(first.Submit(Input({absl::StrCat("first ", i)})));
    tickets.push_back(second.Submit(Input({absl::StrCat("second ", i)})));
  }
  std::vector<std::string> expected(100);
  for (int i = 0; i < 100; ++i) {
    const v1::AppendAck ack = Must(Await(tickets[i]));
    ASSERT_LT(ack.start().seq_num(), 100u);
    EXPECT_EQ(ack.end().seq_num(), ack.start().seq_num() + 1);
    EXPECT_GE(ack.tail().seq_num(), ack.end().seq_num());
    expected[ack.start().seq_num()] = absl::StrCat(i % 2 == 0 ? "first " : "second ", i / 2);
  }
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAreArray(expected));
}

}  // namespace
}  // namespace s2::conformance
