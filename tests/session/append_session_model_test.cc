// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// An append session against random servers, clients and clocks, in one thread; a failing seed
// replays.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

constexpr size_t kMaxBytes = 1024 * 1024;

class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) {
    AppendSessionOptions options;
    options.max_unacked_bytes = kMaxBytes;
    options.max_unacked_batches = OneIn(2) ? 0 : 1 + Pick(8);
    options.policy = OneIn(2) ? AppendRetryPolicy::kAll : AppendRetryPolicy::kNoSideEffects;
    if (OneIn(2)) options.retry.budget = RetryBudget::Forever();
    options_ = options;
    session_.emplace(MakeAppendSession("s2://basin/stream", transport_,
                                       Runtime{clock_, executor_, [] { return 0.5; }, nullptr},
                                       options));
  }
  ~Model() {
    permits_.clear();
    session_.reset();
    executor_->DropAll();
  }

  void Run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      Step();
      Check();
    }
    End();
  }

 private:
  // A stream as its server sees it.
  struct Server {
    std::vector<std::string> taken;  // batches, in order
    std::vector<uint64_t> applied;   // where the first of them are in the log
    size_t acked = 0;
    bool gone = false;  // its client will hear no more
  };
  struct Submitted {
    std::string name;
    AppendTicket ticket;
    int callbacks = 0;
  };

  size_t Pick(size_t n) { return random_() % n; }
  bool OneIn(size_t n) { return Pick(n) == 0; }

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
        return;
      default:
        return Serve();
    }
  }

  // Client.

  v1::AppendInput NewBatch() {
    const std::string name = absl::StrCat("batch ", submitted_count_++);
    return MakeInput({MakeRecord({{"pad", std::string(Pick(200'000), 'x')}}, name)});
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

  // Server.

  void Serve() {
    servers_.resize(transport_->appends());
    const size_t i = OneIn(4) ? Pick(servers_.size()) : servers_.size() - 1;
    FakeAppendCall& call = transport_->append(i);
    Server& server = servers_[i];
    if (server.gone) return Apply(server);
    switch (Pick(8)) {
      case 0:
        if (!accepted_[i]) {
          accepted_[i] = true;
          call.Accept();
        }
        return;
      case 1:
      case 2:
        if (call.writing() && !call.write_taken()) server.taken.push_back(Body(call.TakeWrite()));
        if (call.writing() && OneIn(2)) call.CompleteWrite(!OneIn(20));
        return;
      case 3:
        if (call.writing() && call.write_taken()) call.CompleteWrite();
        return;
      case 4:
        return Apply(server);
      case 5:
      case 6:
        if (server.acked == server.applied.size()) Apply(server);
        if (server.acked < server.applied.size() && call.reading()) {
          const uint64_t at = server.applied[server.acked++];
          call.Ack(MakeAck(at, at + 1));
        }
        return;
      case 7:
        if (OneIn(6)) Finish(call, server);
        return;
    }
  }
  void Apply(Server& server) {
    if (server.applied.size() == server.taken.size()) return;
    server.applied.push_back(log_.size());
    log_.push_back(server.taken[server.applied.size() - 1]);
  }
  // Ends a stream with an error that tells the truth.
  void Finish(FakeAppendCall& call, Server& server) {
    if (call.writing() && !call.write_taken()) server.taken.push_back(Body(call.TakeWrite()));
    server.gone = true;
    const bool all_acked = server.acked == server.applied.size();
    switch (Pick(6)) {
      case 0:
        return call.Finish(absl::OkStatus());
      case 1:
        server.taken.resize(server.applied.size());
        return call.Finish(Leaving(server.applied.size()));
      case 2:
        if (!all_acked) return call.Finish(Broken());
        server.taken.resize(server.applied.size());
        return call.Finish(MakeError(ErrorCode::kRateLimited, "slow down"));
      case 3:
        if (!all_acked || !OneIn(4)) return call.Finish(Broken());
        server.taken.resize(server.applied.size());
        return call.Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
      default:
        return call.Finish(Broken());
    }
  }

  // Takes, applies and acks what there is on the newest stream; false: nothing to do.
  bool ServeWell() {
    servers_.resize(transport_->appends());
    Server& server = servers_.back();
    FakeAppendCall& call = transport_->last_append();
    if (server.gone || call.cancelled()) return false;
    if (!std::exchange(accepted_[servers_.size() - 1], true)) {
      call.Accept();
      return true;
    }
    if (call.writing()) {
      if (!call.write_taken()) server.taken.push_back(Body(call.TakeWrite()));
      call.CompleteWrite();
      return true;
    }
    Apply(server);
    if (server.acked == server.applied.size() || !call.reading()) return false;
    const uint64_t at = server.applied[server.acked++];
    call.Ack(MakeAck(at, at + 1));
    return true;
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
      ASSERT_EQ(log_[start], s->name);
      previous_end = s->ticket.Wait()->end().seq_num();
    }
  }

  // A healthy server at last: everything ends. Then all that was ever taken is applied, late.
  void End() {
    const auto serve_until = [this](auto over) {
      for (int i = 0; i < 100'000 && !over(); ++i) {
        if (!ServeWell()) clock_->AdvanceToNextTimer();
        executor_->RunAll();
        permits_.clear();
      }
    };
    serve_until([this] {
      return !session_->status().ok() ||
             (called_ == expected_ && session_->Stats().unacked_batches == 0);
    });
    if (!close_began_ && session_->status().ok()) {
      EXPECT_TRUE(session_->Reserve(kMaxBytes, absl::InfinitePast()).ok()) << "room was lost";
    }
    Close(absl::InfiniteFuture());
    serve_until([this] { return closed_.has_value(); });
    Check();
    ASSERT_TRUE(closed_.has_value()) << "Close hangs";
    for (Server& server : servers_) {
      while (server.applied.size() < server.taken.size()) Apply(server);
    }
    for (size_t i = 0; i < transport_->appends(); ++i) {
      FakeAppendCall& call = transport_->append(i);
      if (call.writing() && !call.write_taken()) call.TakeWrite();
      if (!call.finished()) call.Finish(absl::CancelledError(""));
    }
    executor_->RunAll();
    EXPECT_EQ(called_, expected_);
    EXPECT_EQ(clock_->timers(), 0);
    std::map<std::string, int> copies;
    for (const std::string& name : log_) ++copies[name];
    size_t failed = 0;
    for (const auto& s : submitted_) {
      ASSERT_TRUE(s->ticket.done());
      EXPECT_EQ(s->callbacks, 1);
      failed += !s->ticket.Wait().ok();
      if (HasNoSideEffects(s->ticket.Wait().status())) {
        EXPECT_EQ(copies[s->name], 0) << s->name << " was said to have no effect";
      }
      if (options_.policy == AppendRetryPolicy::kNoSideEffects) {
        EXPECT_LE(copies[s->name], 1) << s->name << " is there twice";
      }
    }
    EXPECT_EQ(closed_->ok(), failed == 0 && session_->status().ok());
    EXPECT_EQ(session_->TakeUnacked().size(), failed);
  }

  std::mt19937 random_;
  AppendSessionOptions options_;
  const std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  const std::shared_ptr<ManualExecutor> executor_ = std::make_shared<ManualExecutor>();
  const std::shared_ptr<FakeTransport> transport_ = std::make_shared<FakeTransport>();
  std::optional<AppendSession> session_;

  int submitted_count_ = 0;
  std::vector<std::unique_ptr<Submitted>> submitted_;
  std::vector<AppendReservation> reservations_;
  std::vector<AppendPermit> permits_;
  int expected_ = 0;  // callbacks other than tickets'
  int called_ = 0;
  bool close_began_ = false;
  std::optional<absl::Status> closed_;

  std::vector<Server> servers_;
  std::map<size_t, bool> accepted_;
  std::vector<std::string> log_;
};

TEST(AppendSessionModelTest, KeepsItsPromisesWhateverHappens) {
  for (unsigned seed = 0; seed < 200 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Model(seed).Run(400);
  }
}

}  // namespace
}  // namespace s2::internal
