// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_CLIENT_UNARY_HARNESS_H_
#define S2_TESTS_CLIENT_UNARY_HARNESS_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "s2/client/client.h"
#include "s2/client/make_client_from_stubs.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/testing/internal/stream_stub.h"
#include "s2/tests/testing/watched_clock.h"

namespace s2::testing {

// One unary call at a time, made in a thread of its own; the test answers its attempts and moves
// the clock. An attempt sets one timer, a pause another: that is how the test knows where it is.
class UnaryTest : public ::testing::Test {
 protected:
  ~UnaryTest() override {
    EXPECT_FALSE(thread_.joinable()) << "the call was not awaited";
    calls().Forget();
  }

  Client MakeTestClient() {
    Stubs stubs;
    stubs.stream = stub_;
    options_.clock = clock_;
    return *MakeClient(std::move(stubs), options_);
  }

  // Begins an append to s2://basin-one/s of one record.
  void Append(const CallOptions& options = {}) {
    Stream stream = MakeTestClient().Basin("basin-one").Stream("s");
    thread_ = std::thread([this, stream, options] {
      result_ = stream.Append(MakeInput({MakeRecord("a")}), options);
    });
  }

  StreamStub::Async& calls() { return *stub_->async(); }

  // Waits for the attempt that begins now, and answers it.
  void Answer(const absl::Status& status) {
    clock_->AwaitTimer();
    calls().appends.back().done(ToGrpc(status));
  }
  // The same where a provider brings the token, for which another timer is set.
  void AnswerWithToken(const absl::Status& status) {
    clock_->AwaitTimer();
    Answer(status);
  }
  // Waits for the pause that begins now, and lets it pass.
  absl::Duration Pause() {
    clock_->AwaitTimer();
    const absl::Time before = clock_->Now();
    clock_->AdvanceToNextTimer();
    return clock_->Now() - before;
  }
  const absl::StatusOr<v1::AppendAck>& Result() {
    if (thread_.joinable()) thread_.join();
    return *result_;
  }
  size_t attempts() { return calls().appends.size(); }

  ClientOptions options_;
  const std::shared_ptr<StreamStub> stub_ = std::make_shared<StreamStub>();
  const std::shared_ptr<WatchedClock> clock_ = std::make_shared<WatchedClock>();

 private:
  std::thread thread_;
  std::optional<absl::StatusOr<v1::AppendAck>> result_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_CLIENT_UNARY_HARNESS_H_
