// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_FAULTS_FIXTURE_H_
#define S2_TESTS_FAULTS_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "s2/client/client.h"
#include "s2/client/make_client.h"
#include "s2/emulator/emulator.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2 {

// Retries without end, and without a pause to speak of.
inline RetryOptions FastRetry() {
  RetryOptions retry;
  retry.budget = RetryBudget::Forever();
  retry.min_backoff = absl::Milliseconds(1);
  retry.max_backoff = absl::Milliseconds(5);
  return retry;
}

// What a server says that was told to fail.
inline absl::Status Broken(ErrorCode code) { return MakeError(code, "by order of the test"); }

// The real client on an emulator that a test makes misbehave, in real time.
class FaultyTest : public ::testing::Test {
 protected:
  static constexpr char kBasin[] = "basin-one";

  FaultyTest() : stream_(MakeStream(AppendRetryPolicy::kAtLeastOnce)) {}

  // The stream, for a client whose unary appends follow this policy.
  s2::Stream MakeStream(AppendRetryPolicy policy) {
    const Client client = NewClient(policy);
    EXPECT_TRUE(client.EnsureBasin(kBasin).ok());
    EXPECT_TRUE(client.Basin(kBasin).EnsureStream("stream").ok());
    return client.Basin(kBasin).Stream("stream");
  }
  Client NewClient(AppendRetryPolicy policy = AppendRetryPolicy::kAtLeastOnce) {
    ClientOptions options;
    options.request_timeout = absl::Seconds(1);
    options.unary_retry = FastRetry();
    options.append_policy = policy;
    return *MakeClient(emulator_.InProcessChannel(), options);
  }

  static AppendSessionOptions Appending(AppendRetryPolicy policy) {
    AppendSessionOptions options;
    options.policy = policy;
    options.retry = FastRetry();
    options.open_timeout = absl::Milliseconds(300);
    return options;
  }
  static ReadSessionOptions Reading() {
    ReadSessionOptions options;
    options.retry = FastRetry();
    options.open_timeout = absl::Milliseconds(300);
    options.heartbeat_timeout = absl::Milliseconds(300);
    return options;
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(30); }
  static v1::AppendInput Input(const std::string& body) { return MakeInput({MakeRecord(body)}); }
  static rpc::v1::ReadRequest From(uint64_t seq_num) {
    rpc::v1::ReadRequest request;
    request.set_seq_num(seq_num);
    return request;
  }

  Faults& faults() { return emulator_.faults(); }

  // What the stream holds, seen without faults.
  std::vector<std::string> Stored() {
    faults().Clear();
    const auto tail = stream_.CheckTail();
    EXPECT_TRUE(tail.ok()) << tail.status();
    std::vector<std::string> bodies;
    while (tail.ok() && bodies.size() < tail->seq_num()) {
      const auto batch = stream_.Read(From(bodies.size()));
      EXPECT_TRUE(batch.ok()) << batch.status();
      if (!batch.ok()) break;
      for (const auto& record : batch->records()) bodies.push_back(record.body());
    }
    return bodies;
  }

  Emulator emulator_;
  s2::Stream stream_;
};

MATCHER_P(HasCode, code, "") { return GetErrorCode(arg) == code; }

}  // namespace s2

#endif  // S2_TESTS_FAULTS_FIXTURE_H_
