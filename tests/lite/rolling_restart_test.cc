// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Two sidecars behind one address are started again, one after the other, under load. Nobody's
// retry budget allows a retry; so one that a restart cost would end its session.

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "s2/client/make_client_from_stubs.h"
#include "s2/record/record.h"
#include "s2/tests/lite/lite.h"
#include "s2/tests/lite/load.h"
#include "s2/tests/lite/sidecar.h"

namespace s2::lite {
namespace {

using ::testing::IsEmpty;

constexpr int kRounds = 5;

RetryOptions NoRetry() {
  RetryOptions retry;
  retry.budget = RetryBudget::Attempts(1);
  return retry;
}

// A channel to both: it uses the first that answers, or, with "round_robin", takes turns.
std::shared_ptr<grpc::Channel> MakeChannel(const Sidecar& first, const Sidecar& second,
                                           const char* policy) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  arguments.SetLoadBalancingPolicyName(policy);
  return grpc::CreateCustomChannel(absl::StrCat("ipv4:", first.address(), ",", second.address()),
                                   grpc::InsecureChannelCredentials(), arguments);
}

// Waits until calls on a channel that takes turns come there.
void AwaitTurn(const std::shared_ptr<grpc::Channel>& channel, const Sidecar& sidecar) {
  const auto stub = rpc::v1::StreamService::NewStub(channel);
  for (std::string peer; peer != "ipv4:" + sidecar.address();) {
    grpc::ClientContext context;
    rpc::v1::CheckTailResponse response;
    (void)stub->CheckTail(&context, {}, &response);
    peer = context.peer();
  }
}

Client MakeClient(const std::shared_ptr<grpc::Channel>& channel) {
  Stubs stubs;
  stubs.account = rpc::v1::AccountService::NewStub(channel);
  stubs.basin = rpc::v1::BasinService::NewStub(channel);
  stubs.stream = rpc::v1::StreamService::NewStub(channel);
  ClientOptions options;
  options.unary_retry = NoRetry();
  absl::StatusOr<Client> client = s2::MakeClient(std::move(stubs), options);
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

AppendSessionOptions AppendOptions(AppendRetryPolicy policy) {
  AppendSessionOptions options;
  options.policy = policy;
  options.retry = NoRetry();
  options.max_unacked_batches = 50;
  return options;
}

ReadSessionOptions ReadOptions() {
  ReadSessionOptions options;
  options.retry = NoRetry();
  return options;
}

// What they were told, in all.
struct Counts {
  size_t acked = 0;
  size_t read = 0;
  uint64_t calls = 0;
  uint64_t moves = 0;
};

// All must be acked, and in the stream once, in order.
void CheckAppends(const s2::Stream& direct, const std::vector<Outcome>& outcomes, Counts& counts) {
  for (const Outcome& outcome : outcomes) {
    EXPECT_TRUE(outcome.result.ok()) << outcome.result.status();
    counts.acked += outcome.result.ok() ? outcome.bodies.size() : 0;
  }
  Verify(ReadAll(direct), outcomes, /*may_repeat=*/false);
}

// A writer of one stream and its followers.
class Sessions {
 public:
  Sessions(const s2::Stream& stream, AppendRetryPolicy policy)
      : writer_(stream, stream.name(), AppendOptions(policy)),
        first_(stream, ReadOptions()),
        second_(stream, ReadOptions()) {}

  void AwaitProgress() const { writer_.AwaitAcks(writer_.acks() + 100); }
  void Stop() { writer_.Stop(); }

  void Check(const s2::Stream& direct, Counts& counts) {
    CheckAppends(direct, writer_.Finish(), counts);
    EXPECT_THAT(writer_.failures(), IsEmpty());
    counts.moves += writer_.moves();
    const std::vector<std::string> all = ReadAll(direct);
    for (Follower* follower : {&first_, &second_}) {
      EXPECT_TRUE(follower->Take(all.size()) == all);
      counts.read += all.size();
      counts.moves += follower->moves();
    }
  }

 private:
  Writer writer_;
  Follower first_;
  Follower second_;
};

// Appends by unary calls, one after the other.
class Caller {
 public:
  explicit Caller(const s2::Stream& stream) : stream_(stream), thread_([this] { Run(); }) {}
  ~Caller() { Finish(); }

  void Stop() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    stop_ = true;
  }

  void Check(const s2::Stream& direct, Counts& counts) {
    Finish();
    CheckAppends(direct, outcomes_, counts);
    counts.calls += outcomes_.size();
  }

 private:
  void Finish() {
    Stop();
    if (thread_.joinable()) thread_.join();
  }

  void Run() {
    while (!stopped()) {
      const std::string body = absl::StrCat(stream_.name(), ":", outcomes_.size());
      outcomes_.push_back({{body}, stream_.Append(MakeInput({MakeRecord(body)}))});
    }
  }

  bool stopped() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return stop_;
  }

  const s2::Stream stream_;
  std::vector<Outcome> outcomes_;  // the thread's own
  absl::Mutex mu_;
  bool stop_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

TEST(RollingRestartTest, ItLosesNothingAndCostsNobodyARetry) {
  const Lite lite;
  const Client direct = MustConnect(lite.endpoint());
  Sidecar one(lite.endpoint(), absl::StrCat("127.0.0.1:", FreePort()));
  Sidecar two(lite.endpoint(), absl::StrCat("127.0.0.1:", FreePort()));
  const std::shared_ptr<grpc::Channel> turns = MakeChannel(one, two, "round_robin");
  const Client clients[] = {MakeClient(MakeChannel(one, two, "pick_first")),
                            MakeClient(MakeChannel(two, one, "pick_first")), MakeClient(turns)};
  constexpr AppendRetryPolicy kPolicies[] = {AppendRetryPolicy::kAtLeastOnce,
                                             AppendRetryPolicy::kAtMostOnce,
                                             AppendRetryPolicy::kExactlyOnce};
  std::vector<std::unique_ptr<Sessions>> sessions;
  std::vector<std::unique_ptr<Caller>> callers;
  for (const Client& client : clients) {
    const s2::Basin basin = client.Basin(kBasin);
    for (const AppendRetryPolicy policy : kPolicies) {
      const s2::Stream made = MakeStream(direct, absl::StrCat("sessions-", sessions.size()));
      sessions.push_back(std::make_unique<Sessions>(basin.Stream(made.name()), policy));
    }
    const s2::Stream made = MakeStream(direct, absl::StrCat("calls-", callers.size()));
    callers.push_back(std::make_unique<Caller>(basin.Stream(made.name())));
  }
  int restarts = 0;
  for (int i = 0; i < kRounds; ++i) {
    for (Sidecar* sidecar : {&one, &two}) {
      for (const auto& s : sessions) s->AwaitProgress();
      sidecar->Stop();
      sidecar->Start();
      AwaitTurn(turns, *sidecar);
      ++restarts;
    }
  }
  for (const auto& s : sessions) s->AwaitProgress();
  for (const auto& s : sessions) s->Stop();
  for (const auto& c : callers) c->Stop();

  Counts counts;
  const s2::Basin basin = direct.Basin(kBasin);
  for (size_t i = 0; i < sessions.size(); ++i) {
    sessions[i]->Check(basin.Stream(absl::StrCat("sessions-", i)), counts);
  }
  for (size_t i = 0; i < callers.size(); ++i) {
    callers[i]->Check(basin.Stream(absl::StrCat("calls-", i)), counts);
  }
  EXPECT_GE(counts.moves, restarts * sessions.size());
  std::cout << restarts << " restarts: " << counts.acked << " records acked, " << counts.calls
            << " of them by unary calls; " << counts.read << " read; " << counts.moves
            << " moves of sessions, no retry\n";
}

}  // namespace
}  // namespace s2::lite
