// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/connect.h"
#include "s2/tests/faults/fixture.h"

// A server that goes away and comes back, with all it has acked.
namespace s2 {
namespace {

class RestartTest : public FaultyTest {
 protected:
  RestartTest()
      : address_(absl::StrCat("127.0.0.1:", *emulator_.Listen("127.0.0.1:0"))),
        far_(Connect("grpc://" + address_)->Basin(kBasin).Stream("stream")) {}

  void Restart() {
    emulator_.StopListening();
    EXPECT_TRUE(emulator_.Listen(address_).ok());
  }

  const std::string address_;
  const s2::Stream far_;
};

TEST_F(RestartTest, UnderLoadNothingAckedIsLostAndNothingIsReadTwice) {
  constexpr int kRestarts = 5, kEach = 300;
  AppendSession append = *far_.OpenAppendSession(Appending(AppendRetryPolicy::kAtLeastOnce));
  ReadSession read = *far_.OpenReadSession(From(0), Reading());
  std::vector<AppendTicket> tickets;
  for (int round = 0; round < kRestarts; ++round) {
    for (int i = 0; i < kEach; ++i) {
      auto ticket = append.Submit(Input(absl::StrCat(tickets.size())), Soon());
      ASSERT_TRUE(ticket.ok()) << ticket.status();
      tickets.push_back(*std::move(ticket));
    }
    ASSERT_TRUE(tickets[tickets.size() - kEach / 2].WaitUntil(Soon()));
    Restart();
  }
  EXPECT_EQ(append.Close(Soon()), absl::OkStatus());
  EXPECT_GT(append.Stats().attempts, 1u);

  const std::vector<std::string> stored = Stored();
  uint64_t last_end = 0;
  for (size_t i = 0; i < tickets.size(); ++i) {
    const auto& ack = tickets[i].Wait();
    ASSERT_TRUE(ack.ok()) << ack.status();
    EXPECT_GE(ack->start().seq_num(), last_end);
    last_end = ack->end().seq_num();
    EXPECT_EQ(stored[ack->start().seq_num()], absl::StrCat(i));
  }
  std::vector<std::string> taken;
  while (taken.size() < stored.size()) {
    const auto next = read.Next(Soon());
    ASSERT_TRUE(next.ok() && !next->end) << next.status();
    for (const auto& record : next->batch.records()) {
      EXPECT_EQ(record.seq_num(), taken.size());
      taken.push_back(record.body());
    }
  }
  EXPECT_EQ(taken, stored);
}

TEST_F(RestartTest, AnIdleSessionNeverNotices) {
  AppendSession append = *far_.OpenAppendSession(Appending(AppendRetryPolicy::kAtLeastOnce));
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(append.Submit(Input("x"))->Wait().ok());
    Restart();
  }
  EXPECT_EQ(append.Close(Soon()), absl::OkStatus());
  EXPECT_EQ(Stored().size(), 3u);
}

}  // namespace
}  // namespace s2
