// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// An append session against random servers, clients and clocks, in one thread; a failing seed
// replays.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/tests/session/append_session_fixture.h"
#include "s2/tests/session/model_server.h"

namespace s2::internal {
namespace {

constexpr size_t kMaxBytes = 1024 * 1024;

class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) {
    AppendSessionOptions options;
    options.max_unacked_bytes = kMaxBytes;
    options.max_unacked_batches = OneIn(2) ? 0 : 1 + Pick(8);
    options.policy = static_cast<AppendRetryPolicy>(Pick(3));
    if (options.policy == AppendRetryPolicy::kExactlyOnce) {
      options.exactly_once.fence = OneIn(2);
      if (OneIn(2)) options.exactly_once.identity_header = "id";
    }
    others_write_ = OneIn(6);
    trims_ = OneIn(6);
    if (OneIn(2)) options.retry.budget = RetryBudget::Forever();
    options_ = options;
    MakeSession();
  }
  ~Model() {
    session_.reset();
    server_.End();  // also what the end of the session began
    executor_->RunAll();
    permits_.clear();
  }

  void Run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      Step();
      Check();
    }
    End();
  }

  size_t read_backs() const { return server_.reads(); }

 private:
  struct Submitted {
    std::string name;
    AppendTicket ticket;
    int callbacks = 0;
  };

  size_t Pick(size_t n) { return random_() % n; }
  bool OneIn(size_t n) { return Pick(n) == 0; }
  double Draw() { return Pick(1'000'000) / 1e6; }

  void Step() {
    switch (Pick(12)) {
      case 0:
      case 1:
        return Keep(session_->TrySubmit(NewBatch()));
      case 2:
        return Reserve();
      case 3:
        return UsePermit();
      case 4:
        if (!reservations_.empty()) reservations_[Pick(reservations_.size())].Cancel();
        return;
      case 5:
        ++expected_;
        return session_->FlushAsync([this](absl::Status) { ++called_; });
      case 6:
        executor_->RunAll();
        return;
      case 7:
        clock_->Advance(absl::Milliseconds(OneIn(5) ? 5000 : 1 + Pick(500)));
        return;
      case 8:
        if (OneIn(40)) Close(clock_->Now() + absl::Seconds(1 + Pick(20)));
        if (others_write_ && OneIn(20)) server_.AppendForeign(AnothersBatch());
        if (trims_ && OneIn(10)) server_.Trim(server_.log().size() - Pick(3));
        return;
      default:
        return server_.Step();
    }
  }

  // Of another writer, who uses tokens if the session does: that is what a fence asks of it.
  v1::AppendInput AnothersBatch() {
    if (!options_.exactly_once.fence) return MakeBatch("another's");
    if (OneIn(2)) return MakeInput({MakeFenceRecord("another")});
    v1::AppendInput input = MakeBatch("another's");
    input.set_fencing_token("another");
    return input;
  }

  // Client.

  void MakeSession() {
    session_.emplace(MakeAppendSession(
        "s2://basin/stream", transport_,
        Runtime{clock_, executor_, [this] { return Draw(); }, nullptr}, options_));
  }
  v1::AppendInput NewBatch() {
    const std::string name = absl::StrCat("batch ", submitted_count_++);
    v1::AppendInput input =
        MakeInput({MakeRecord({{"pad", std::string(Pick(200'000), 'x')}}, name)});
    for (size_t more = Pick(3); more > 0; --more) *input.add_records() = MakeRecord("more");
    return input;
  }
  void Keep(absl::StatusOr<AppendTicket> ticket) {
    if (!ticket.ok()) return;
    auto submitted = std::make_unique<Submitted>(
        Submitted{absl::StrCat("batch ", submitted_count_ - 1), *ticket});
    ticket->OnDone([s = submitted.get()](const auto&) { ++s->callbacks; });
    submitted_.push_back(std::move(submitted));
  }
  void Reserve() {
    ++expected_;
    reservations_.push_back(
        session_->ReserveAsync(300'000, [this](absl::StatusOr<AppendPermit> permit) {
          ++called_;
          if (permit.ok()) permits_.push_back(*std::move(permit));
        }));
  }
  void UsePermit() {
    if (permits_.empty()) return;
    AppendPermit permit = std::move(permits_.back());
    permits_.pop_back();
    if (OneIn(2)) Keep(permit.Submit(NewBatch()));
  }
  void Close(absl::Time deadline) {
    ++expected_;
    close_began_ = true;
    session_->CloseAsync(deadline, [this](absl::Status s) {
      ++called_;
      EXPECT_EQ(closed_.value_or(s), s);
      closed_ = s;
    });
  }

  void Check() {
    const AppendSessionStats stats = session_->Stats();
    size_t bytes = stats.unacked_bytes;
    for (const AppendPermit& permit : permits_) bytes += permit.bytes();
    ASSERT_LE(bytes, kMaxBytes);
    const size_t batches = stats.unacked_batches + permits_.size();
    ASSERT_TRUE(options_.max_unacked_batches == 0 || batches <= options_.max_unacked_batches);
    uint64_t previous_end = 0;
    bool unresolved = false;
    for (const auto& s : submitted_) {
      if (!s->ticket.done()) {
        unresolved = true;
        continue;
      }
      ASSERT_FALSE(unresolved) << "tickets resolve in order";
      if (!s->ticket.Wait().ok()) {
        ASSERT_FALSE(session_->status().ok()) << "the error is stored before a ticket fails";
        continue;
      }
      const uint64_t start = s->ticket.Wait()->start().seq_num();
      ASSERT_GE(start, previous_end);
      ASSERT_EQ(server_.log()[start].body(), s->name);
      previous_end = s->ticket.Wait()->end().seq_num();
    }
  }

  // Of a batch, in the stream.
  size_t Copies(const std::string& name) const {
    return std::count_if(server_.log().begin(), server_.log().end(),
                         [&](const v1::SequencedRecord& record) { return record.body() == name; });
  }

  // A healthy server serves.
  template <typename Over>
  void ServeUntil(Over over) {
    for (int i = 0; i < 100'000 && !over(); ++i) {
      if (!server_.StepWell()) clock_->AdvanceToNextTimer();
      executor_->RunAll();
      permits_.clear();
    }
  }

  // All that a session left is submitted to another, which has no easy time either.
  void Succeed() {
    std::vector<UnackedBatch> unacked = session_->TakeUnacked();
    MakeSession();
    std::map<std::string, AppendTicket> tickets;
    for (UnackedBatch& batch : unacked) {
      const std::string name = Body(batch.input);
      absl::StatusOr<AppendTicket> ticket = session_->TrySubmit(std::move(batch.input));
      ASSERT_TRUE(ticket.ok()) << ticket.status();
      tickets.emplace(name, *std::move(ticket));
    }
    for (int i = 0; i < 100; ++i) {
      server_.Step();
      if (OneIn(5)) clock_->Advance(absl::Milliseconds(1 + Pick(500)));
    }
    ServeUntil([&] { return tickets.empty() || tickets.rbegin()->second.done(); });
    ServeUntil([&] { return session_->Stats().unacked_batches == 0 || !session_->status().ok(); });
    session_.reset();
    server_.End();
    for (const auto& [name, ticket] : tickets) {
      ASSERT_TRUE(ticket.done());
      const absl::Status& status = ticket.Wait().status();
      EXPECT_LE(Copies(name), 1) << name;
      if (status.ok()) {
        EXPECT_EQ(server_.log()[ticket.Wait()->start().seq_num()].body(), name);
      }
      if (HasNoSideEffects(status)) {
        EXPECT_EQ(Copies(name), 0) << name;
      }
    }
  }

  // Everything ends. Then all that was ever taken is applied, late.
  void End() {
    ServeUntil([this] {
      return !session_->status().ok() ||
             (called_ == expected_ && session_->Stats().unacked_batches == 0);
    });
    if (!close_began_ && session_->status().ok()) {
      EXPECT_TRUE(session_->Reserve(kMaxBytes, absl::InfinitePast()).ok()) << "room was lost";
    }
    Close(absl::InfiniteFuture());
    ServeUntil([this] { return closed_.has_value(); });
    Check();
    ASSERT_TRUE(closed_.has_value()) << "Close hangs";
    if (options_.policy == AppendRetryPolicy::kExactlyOnce && !closed_->ok() && OneIn(2)) {
      return Succeed();
    }
    server_.End();
    executor_->RunAll();
    EXPECT_EQ(called_, expected_);
    EXPECT_EQ(clock_->timers(), 0);
    size_t failed = 0;
    for (const auto& s : submitted_) {
      ASSERT_TRUE(s->ticket.done());
      EXPECT_EQ(s->callbacks, 1);
      failed += !s->ticket.Wait().ok();
      if (HasNoSideEffects(s->ticket.Wait().status())) {
        EXPECT_EQ(Copies(s->name), 0) << s->name << " was said to have no effect";
      }
      if (options_.policy != AppendRetryPolicy::kAtLeastOnce) {
        EXPECT_LE(Copies(s->name), 1) << s->name << " is there twice";
      }
    }
    EXPECT_EQ(closed_->ok(), failed == 0 && session_->status().ok());
    EXPECT_EQ(session_->TakeUnacked().size(), failed);
  }

  std::mt19937 random_;
  AppendSessionOptions options_;
  bool others_write_ = false;
  bool trims_ = false;
  const std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  const std::shared_ptr<ManualExecutor> executor_ = std::make_shared<ManualExecutor>();
  const std::shared_ptr<FakeTransport> transport_ = std::make_shared<FakeTransport>();
  ModelServer server_{*transport_, random_};
  std::optional<AppendSession> session_;

  int submitted_count_ = 0;
  std::vector<std::unique_ptr<Submitted>> submitted_;
  std::vector<AppendReservation> reservations_;
  std::vector<AppendPermit> permits_;
  int expected_ = 0;  // callbacks other than tickets'
  int called_ = 0;
  bool close_began_ = false;
  std::optional<absl::Status> closed_;
};

TEST(AppendSessionModelTest, KeepsItsPromisesWhateverHappens) {
  size_t read_backs = 0;
  for (unsigned seed = 0; seed < 200 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Model model(seed);
    model.Run(400);
    read_backs += model.read_backs();
  }
  EXPECT_GT(read_backs, 20) << "kExactlyOnce had nothing to settle";
}

}  // namespace
}  // namespace s2::internal
