// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/settlement.h"
#include "s2/tests/session/exactly_once_fixture.h"

namespace s2::internal {
namespace {

using Verdict = Settlement::Verdict;

// More than any of the batches here.
constexpr SeqNumRange kAsked = {0, 100};

// A batch of one record a body, pinned.
v1::AppendInput Pinned(uint64_t pin, const std::vector<std::string>& bodies) {
  v1::AppendInput input;
  for (const std::string& body : bodies) *input.add_records() = MakeRecord(body);
  input.set_match_seq_num(pin);
  return input;
}

TEST(SettlementTest, WhatStandsAtItsPinIsOursWithPositionsAndTimestampsAsRead) {
  Settlement settlement(kAsked, 7, {});
  settlement.Add(Records(4, {"a", "b", "c"}));
  EXPECT_EQ(settlement.Judge(Pinned(4, {"a", "b"})), Verdict::kOurs);
  EXPECT_EQ(settlement.ack().start().seq_num(), 4);
  EXPECT_EQ(settlement.ack().start().timestamp(), 4);
  EXPECT_EQ(settlement.ack().end().seq_num(), 6);
  EXPECT_EQ(settlement.ack().end().timestamp(), 5);
  EXPECT_EQ(settlement.ack().tail().seq_num(), 6);
  EXPECT_EQ(settlement.Judge(Pinned(6, {"c"})), Verdict::kOurs);
  EXPECT_EQ(settlement.ack().start().seq_num(), 6);
}

TEST(SettlementTest, ComparesBodiesAndHeadersInOrderButNotTimestamps) {
  v1::AppendInput input =
      MakeInput({MakeRecord({{"k", "v"}, {"k", ""}}, std::string("\0x", 2)), MakeRecord("")});
  input.mutable_records(0)->set_timestamp(99);
  input.set_match_seq_num(0);
  const auto judge = [&](const v1::AppendRecord& first) {
    Settlement settlement(kAsked, 2, {});
    v1::ReadBatch batch;
    *batch.add_records() = Sequenced(0, first, 5);
    *batch.add_records() = Sequenced(1, MakeRecord(""), 5);
    settlement.Add(std::move(batch));
    return settlement.Judge(input);
  };
  EXPECT_EQ(judge(input.records(0)), Verdict::kOurs);
  EXPECT_EQ(judge(MakeRecord({{"k", ""}, {"k", "v"}}, std::string("\0x", 2))), Verdict::kForeign);
  EXPECT_EQ(judge(MakeRecord({{"k", "v"}}, std::string("\0x", 2))), Verdict::kForeign);
  EXPECT_EQ(judge(MakeRecord({{"k", "v"}, {"k", ""}, {"k", ""}}, std::string("\0x", 2))),
            Verdict::kForeign);
  EXPECT_EQ(judge(MakeRecord({{"k", "v"}, {"K", ""}}, std::string("\0x", 2))), Verdict::kForeign);
  EXPECT_EQ(judge(MakeRecord({{"k", "v"}, {"k", ""}}, std::string("\0", 1))), Verdict::kForeign);
}

TEST(SettlementTest, ABatchMayComeInSeveralFrames) {
  Settlement settlement(kAsked, 3, {});
  const v1::AppendInput batch = Pinned(0, {"a", "b", "c"});
  EXPECT_EQ(settlement.Judge(batch), Verdict::kMore);
  settlement.Add(Records(0, {"a"}));
  EXPECT_EQ(settlement.Judge(batch), Verdict::kMore);
  settlement.Add(Records(1, {"b", "c"}));
  EXPECT_EQ(settlement.Judge(batch), Verdict::kOurs);
}

TEST(SettlementTest, ADifferenceInTheMiddleLeavesItOpenWhetherAPartIsOurs) {
  Settlement settlement(kAsked, 3, {});
  settlement.Add(Records(0, {"a", "x", "c"}));
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a", "b", "c"})), Verdict::kPartly);
}

TEST(SettlementTest, AStreamThatEndsWithinItLeavesItOpenWhetherAPartIsOurs) {
  Settlement settlement(kAsked, 1, {});
  settlement.Add(Records(0, {"a"}));
  settlement.End(absl::OkStatus());
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a", "b"})), Verdict::kPartly);
}

TEST(SettlementTest, TheStreamsEndAtItsPinMeansNotYetThere) {
  Settlement settlement(kAsked, 1, {});
  settlement.Add(Records(0, {"a"}));
  settlement.End(absl::OkStatus());
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a"})), Verdict::kOurs);
  EXPECT_EQ(settlement.Judge(Pinned(1, {"b"})), Verdict::kAbsent);
}

TEST(SettlementTest, LearnsTheEndFromAReadThatCameToIt) {
  Settlement settlement(kAsked, std::nullopt, {});
  settlement.Add(Records(0, {"a"}));
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a"})), Verdict::kOurs);
  EXPECT_EQ(settlement.Judge(Pinned(1, {"b"})), Verdict::kMore);
  settlement.End(absl::OkStatus());
  EXPECT_EQ(settlement.Judge(Pinned(1, {"b"})), Verdict::kAbsent);
}

TEST(SettlementTest, LearnsTheEndFromAReadThatWasRefusedThere) {
  Settlement at_tail(kAsked, std::nullopt, {});
  at_tail.End(Unwritten(5));
  EXPECT_EQ(at_tail.Judge(Pinned(5, {"a"})), Verdict::kAbsent);
  Settlement beyond(kAsked, std::nullopt, {});
  beyond.End(Unwritten(4));
  EXPECT_EQ(beyond.Judge(Pinned(5, {"a"})), Verdict::kReplaced);
}

TEST(SettlementTest, AnErrorNeverProvesAbsence) {
  Settlement settlement(kAsked, std::nullopt, {});
  settlement.Add(Records(0, {"a"}));
  settlement.End(Broken());
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a"})), Verdict::kOurs);
  EXPECT_EQ(settlement.Judge(Pinned(1, {"b"})), Verdict::kUnreadable);
}

TEST(SettlementTest, NorDoesAReadThatBringsNothing) {
  Settlement settlement(kAsked, std::nullopt, {});
  settlement.End(absl::OkStatus());
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a"})), Verdict::kUnreadable);
}

TEST(SettlementTest, WhatTheReadFoundTrimmedIsTakenAsFarAsTheStreamWent) {
  for (const std::optional<uint64_t> expected : {std::optional<uint64_t>(), std::optional(3ul)}) {
    Settlement settlement({0, 4}, expected, {});
    settlement.Add(Records(0, {"a"}));
    settlement.Skip({1, 9});  // it looked behind its end
    settlement.End(absl::OkStatus());
    EXPECT_EQ(settlement.Judge(Pinned(0, {"a"})), Verdict::kOurs);
    EXPECT_EQ(settlement.Judge(Pinned(1, {"b", "c"})), Verdict::kUnreadable);
    EXPECT_EQ(settlement.Judge(Pinned(3, {"d"})),
              expected ? Verdict::kAbsent : Verdict::kUnreadable);
  }
}

TEST(SettlementTest, TrimmedEvidenceIsNone) {
  Settlement settlement(kAsked, 9, {});
  settlement.Add(Records(1, {"b"}));
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a"})), Verdict::kUnreadable);
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a", "b"})), Verdict::kUnreadable) << "in part";
  Settlement all(kAsked, 1, {});
  all.End(absl::OkStatus());
  EXPECT_EQ(all.Judge(Pinned(0, {"a"})), Verdict::kUnreadable);
}

TEST(SettlementTest, TrimmedEvidenceCountsWhereOnlyWeCouldWrite) {
  Settlement settlement(kAsked, 6, {2, 6});
  settlement.Add(Records(5, {"d"}));
  EXPECT_EQ(settlement.Judge(Pinned(1, {"a"})), Verdict::kUnreadable) << "before it";
  EXPECT_EQ(settlement.Judge(Pinned(2, {"b"})), Verdict::kOurs);
  EXPECT_EQ(settlement.ack().start().seq_num(), 2);
  EXPECT_EQ(settlement.ack().end().timestamp(), 0);
  EXPECT_EQ(settlement.Judge(Pinned(3, {"c", "c", "d"})), Verdict::kOurs);
  EXPECT_EQ(settlement.ack().end().timestamp(), 5);
  Settlement unread(kAsked, 6, {2, 6});
  unread.End(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_EQ(unread.Judge(Pinned(4, {"x", "x"})), Verdict::kOurs);
  EXPECT_EQ(unread.Judge(Pinned(6, {"y"})), Verdict::kAbsent);
}

TEST(SettlementTest, WhatCanBeReadCountsMoreThanWhoCouldWrite) {
  Settlement settlement(kAsked, 6, {0, 6});
  settlement.Add(Records(1, {"x"}));
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a", "b"})), Verdict::kPartly);
  EXPECT_EQ(settlement.Judge(Pinned(1, {"b"})), Verdict::kForeign);
}

TEST(SettlementTest, JudgesNothingThatItsReadWasNotAskedAbout) {
  Settlement settlement({4, 6}, 9, {0, 9});
  settlement.Add(Records(4, {"a", "b", "c"}));
  settlement.End(absl::OkStatus());
  EXPECT_EQ(settlement.Judge(Pinned(3, {"x"})), Verdict::kNotAsked);
  EXPECT_EQ(settlement.Judge(Pinned(4, {"a", "b"})), Verdict::kOurs);
  EXPECT_EQ(settlement.Judge(Pinned(6, {"c"})), Verdict::kNotAsked);
}

TEST(SettlementTest, SkipsWhatIsBetweenTwoBatches) {
  Settlement settlement(kAsked, 4, {});
  settlement.Add(Records(0, {"a", "x", "x", "b"}));
  EXPECT_EQ(settlement.Judge(Pinned(0, {"a"})), Verdict::kOurs);
  EXPECT_EQ(settlement.Judge(Pinned(3, {"b"})), Verdict::kOurs);
}

}  // namespace
}  // namespace s2::internal
