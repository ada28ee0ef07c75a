// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/session/internal/make_session.h"
#include "s2/tests/session/stress_fixture.h"

namespace s2::internal {
namespace {

constexpr size_t kMiB = 1024 * 1024;

class AppendSessionStressTest : public StressTest {
 protected:
  AppendSessionStressTest() {
    options_.max_unacked_bytes = kMiB;
    options_.retry = RetryForEver();
  }

  std::unique_ptr<AppendSession> Make() {
    return std::make_unique<AppendSession>(
        MakeAppendSession("s2://basin/stream", server_, RealRuntime(), options_));
  }

  // A batch of one record named so, large enough that few fit.
  static v1::AppendInput Batch(const std::string& name) {
    return MakeInput({MakeRecord({{"pad", std::string(100'000, 'x')}}, name)});
  }

  // The acked batches are where their acks say, in the order of their tickets.
  static void CheckAcks(const std::vector<std::pair<std::string, AppendTicket>>& submitted,
                        const std::vector<std::string>& log) {
    uint64_t previous_end = 0;
    for (const auto& [name, ticket] : submitted) {
      ASSERT_TRUE(ticket.done());
      if (!ticket.Wait().ok()) continue;
      const uint64_t start = ticket.Wait()->start().seq_num();
      ASSERT_GE(start, previous_end);
      ASSERT_LT(start, log.size());
      ASSERT_EQ(log[start], name);
      previous_end = ticket.Wait()->end().seq_num();
    }
  }

  AppendSessionOptions options_;
};

TEST_P(AppendSessionStressTest, ManyThreadsGetEveryBatchAckedInTheirOwnOrder) {
  constexpr int kThreads = 4, kEach = 150;
  auto session = Make();
  std::atomic<int> callbacks{0};
  std::vector<std::vector<std::pair<std::string, AppendTicket>>> submitted(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name = absl::StrCat(t, ".", i);
        absl::StatusOr<AppendTicket> ticket = session->Submit(Batch(name));
        ASSERT_TRUE(ticket.ok()) << ticket.status();
        ticket->OnDone([&](const auto& ack) { callbacks += ack.ok(); });
        submitted[t].emplace_back(name, *ticket);
        EXPECT_LE(session->Stats().unacked_bytes, kMiB);
        if (i % 50 == 49) {
          EXPECT_TRUE(session->Flush().ok());
          EXPECT_TRUE(ticket->done());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  absl::Notification closed;
  session->CloseAsync(absl::InfiniteFuture(), [&](absl::Status s) {
    EXPECT_TRUE(s.ok()) << s;
    closed.Notify();
  });
  EXPECT_TRUE(session->Close().ok());
  for (const auto& mine : submitted) {
    for (const auto& [name, ticket] : mine) EXPECT_TRUE(ticket.Wait().ok());
    CheckAcks(mine, server_->log());
  }
  closed.WaitForNotification();
  EXPECT_EQ(callbacks, kThreads * kEach) << "a close comes after all that came before it";
  EXPECT_EQ(session->Stats().acked_batches, kThreads * kEach);
}

TEST_P(AppendSessionStressTest, AtMostOnceNeverDoublesAndTellsTheTruth) {
  options_.policy = AppendRetryPolicy::kAtMostOnce;
  std::vector<std::pair<std::string, AppendTicket>> submitted;
  for (int s = 0; s < 20; ++s) {
    auto session = Make();
    for (int i = 0; i < 50; ++i) {
      const std::string name = absl::StrCat(s, ".", i);
      absl::StatusOr<AppendTicket> ticket = session->Submit(Batch(name));
      if (!ticket.ok()) break;
      submitted.emplace_back(name, *ticket);
    }
    (void)session->Close();
  }
  const std::vector<std::string> log = server_->log();
  CheckAcks(submitted, log);
  std::map<std::string, int> copies;
  for (const std::string& name : log) ++copies[name];
  for (const auto& [name, ticket] : submitted) {
    EXPECT_LE(copies[name], 1);
    if (HasNoSideEffects(ticket.Wait().status())) {
      EXPECT_EQ(copies[name], 0);
    }
  }
}

// Every verb from every thread while the session ends in some way: all return, every ticket
// resolves and every callback comes, once.
TEST_P(AppendSessionStressTest, EveryVerbReturnsWhileTheSessionEnds) {
  for (int round = 0; round < 20; ++round) {
    auto session = Make();
    std::atomic<int> expected{0}, called{0};
    std::vector<std::vector<AppendTicket>> tickets(3);
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        std::mt19937 random(GetParam() * 1000 + round * 10 + t);
        const auto keep = [&](absl::StatusOr<AppendTicket> ticket) {
          if (!ticket.ok()) return;
          ++expected;
          ticket->OnDone([&](const auto&) { ++called; });
          tickets[t].push_back(*std::move(ticket));
        };
        for (int i = 0; i < 40; ++i) {
          switch (random() % 6) {
            case 0:
              keep(session->Submit(Batch("x")));
              break;
            case 1:
              keep(session->TrySubmit(Batch("x")));
              break;
            case 2:
              if (auto permit = session->Reserve(200'000); permit.ok()) {
                keep(permit->Submit(Batch("x")));
              }
              break;
            case 3: {
              ++expected;
              const AppendReservation reservation =
                  session->ReserveAsync(300'000, [&](absl::StatusOr<AppendPermit> permit) {
                    ++called;
                    if (permit.ok()) (void)permit->Submit(Batch("y"));
                  });
              if (random() % 2 == 0) reservation.Cancel();
              break;
            }
            case 4:
              ++expected;
              session->FlushAsync(absl::InfiniteFuture(), [&](absl::Status) { ++called; });
              break;
            case 5:
              (void)session->Flush(absl::Now() + absl::Milliseconds(1));
              break;
          }
        }
      });
    }
    switch (round % 4) {
      case 0:
        EXPECT_TRUE(session->Close().ok());
        break;
      case 1:
        session->Cancel();
        break;
      case 2:
        (void)session->Close(absl::Now());
        break;
      case 3:
        ++expected;
        session->CloseAsync(absl::InfiniteFuture(), [&](absl::Status) { ++called; });
        break;
    }
    for (std::thread& thread : threads) thread.join();
    (void)session->Close();
    for (const auto& mine : tickets) {
      for (const AppendTicket& ticket : mine) EXPECT_TRUE(ticket.done());
    }
    absl::Notification last;
    session->FlushAsync(absl::InfiniteFuture(), [&](absl::Status) { last.Notify(); });
    last.WaitForNotification();
    EXPECT_EQ(called, expected);
    EXPECT_EQ(session->TakeUnacked().size(), session->Stats().unacked_batches);
  }
}

// The handle is destroyed by one thread while tickets are awaited, callbacks run and reactions come
// in others.
TEST_P(AppendSessionStressTest, DestructionAtAnyMomentResolvesEveryTicket) {
  for (int round = 0; round < 50; ++round) {
    auto session = Make();
    std::vector<AppendTicket> tickets;
    for (int i = 0; i < 1 + round % 10; ++i) tickets.push_back(*session->Submit(Batch("x")));
    std::thread waiter([&] {
      for (const AppendTicket& ticket : tickets) (void)ticket.Wait();
    });
    if (round % 2 == 0) (void)tickets[tickets.size() / 2].Wait();
    session.reset();
    waiter.join();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AppendSessionStressTest, ::testing::Range(0u, 3u));

}  // namespace
}  // namespace s2::internal
