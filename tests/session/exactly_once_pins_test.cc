// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/pins.h"
#include "s2/tests/session/exactly_once_fixture.h"

namespace s2::internal {
namespace {

class PinsTest : public ::testing::Test {
 protected:
  std::shared_ptr<AppendBatch> Batch(int records,
                                     std::optional<uint64_t> match_seq_num = std::nullopt) {
    v1::AppendInput input = MakeBatch("x", records);
    if (match_seq_num.has_value()) input.set_match_seq_num(*match_seq_num);
    return std::make_shared<AppendBatch>(nullptr, std::move(input), 1);
  }
  // Admits and pins a batch.
  std::shared_ptr<AppendBatch> Next(int records,
                                    std::optional<uint64_t> match_seq_num = std::nullopt) {
    auto batch = Batch(records, match_seq_num);
    EXPECT_TRUE(pins_.Admit(*batch).ok());
    pins_.Pin(*batch);
    return batch;
  }
  static uint64_t Pin(const std::shared_ptr<AppendBatch>& batch) {
    EXPECT_TRUE(batch->input.has_match_seq_num());
    return batch->input.match_seq_num();
  }

  Pins pins_;
};

TEST_F(PinsTest, EachBatchBeginsWhereTheOneBeforeItEndsForLife) {
  EXPECT_FALSE(pins_.known());
  pins_.Begin(10);
  const auto a = Next(2);
  const auto b = Next(1);
  EXPECT_EQ(Pin(a), 10);
  EXPECT_EQ(Pin(b), 12);
  pins_.Pin(*a);
  pins_.Pin(*b);
  EXPECT_EQ(Pin(a), 10);
  EXPECT_EQ(Pin(b), 12);
  EXPECT_EQ(Pin(Next(1)), 13);
}

TEST_F(PinsTest, BatchesThatBringTheirOwnPinsKeepThemAndAreMarked) {
  pins_.Begin(10);
  const auto a = Next(2, 5);
  const auto b = Next(3, 7);
  const auto c = Next(1);
  EXPECT_EQ(Pin(a), 5);
  EXPECT_EQ(Pin(b), 7);
  EXPECT_EQ(Pin(c), 10);
  EXPECT_TRUE(a->marked);
  EXPECT_TRUE(b->marked);
  EXPECT_FALSE(c->marked);
  EXPECT_FALSE(b->pinned);
  EXPECT_TRUE(c->pinned);
}

TEST_F(PinsTest, BehindAPinBeyondTheEndGoesWhatFollowsIt) {
  pins_.Begin(5);
  Next(2, 5);
  EXPECT_EQ(Pin(Next(1)), 7);
}

TEST_F(PinsTest, RefusesAMatchSeqNumThatDoesNotFollowNamingBoth) {
  Next(2, 5);
  const absl::Status status = pins_.Admit(*Batch(1, 8));
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_EQ(status.message(), "match_seq_num is 8; the batch before it ends at 7");
  EXPECT_TRUE(pins_.Admit(*Batch(1, 7)).ok()) << "a refusal changes nothing";
}

TEST_F(PinsTest, RefusesAMatchSeqNumBehindABatchWithoutOne) {
  pins_.Begin(0);
  Next(1);
  EXPECT_EQ(GetErrorCode(pins_.Admit(*Batch(1, 1))), ErrorCode::kInvalid);
}

TEST_F(PinsTest, PinsAreAGuessUntilSomethingIsAckedWhereWePinnedIt) {
  pins_.Begin(10);
  const auto own = Next(1, 5);
  const auto a = Next(1);
  const auto b = Next(2);
  pins_.OnAck(*own);
  EXPECT_TRUE(pins_.Repin({a, b}, 20));
  EXPECT_FALSE(a->input.has_match_seq_num());
  EXPECT_FALSE(a->pinned);
  pins_.Pin(*a);
  pins_.Pin(*b);
  EXPECT_EQ(Pin(a), 20);
  EXPECT_EQ(Pin(b), 21);
  pins_.OnAck(*a);
  EXPECT_FALSE(pins_.Repin({b}, 30));
  EXPECT_EQ(Pin(b), 21);
}

TEST_F(PinsTest, DoesNotGuessForEver) {
  pins_.Begin(0);
  const auto a = Next(1);
  int guesses = 0;
  while (guesses < 100 && pins_.Repin({a}, 1)) ++guesses;
  EXPECT_EQ(guesses, 8);
}

}  // namespace
}  // namespace s2::internal
