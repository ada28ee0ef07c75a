// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "s2/client/internal/call_target.h"
#include "s2/retry/error.h"
#include "s2/tests/client/counted_tokens.h"

namespace s2 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ClientOptions, TheDefaultsAreValid) { EXPECT_TRUE(Validate(ClientOptions()).ok()); }

TEST(ClientOptions, AUnaryCallTriesForTenSecondsAndASessionForSixty) {
  const ClientOptions options;
  EXPECT_EQ(options.unary_retry.budget.max_elapsed, absl::Seconds(10));
  EXPECT_EQ(options.append_session.retry.budget.max_elapsed, absl::Seconds(60));
  EXPECT_EQ(options.read_session.retry.budget.max_elapsed, absl::Seconds(60));
}

TEST(ClientOptions, ErrorsNameTheFieldTheValueAndTheLimit) {
  const auto message = [](auto change) {
    ClientOptions options;
    change(options);
    const absl::Status status = Validate(options);
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
    return std::string(status.message());
  };
  EXPECT_EQ(message([](ClientOptions& o) { o.request_timeout = absl::ZeroDuration(); }),
            "request_timeout is 0; the least is 1ms");
  EXPECT_EQ(message([](ClientOptions& o) { o.max_sessions_per_channel = 0; }),
            "max_sessions_per_channel is 0; the least is 1");
  EXPECT_EQ(message([](ClientOptions& o) { o.unary_retry.budget.max_attempts = 0; }),
            "unary_retry.budget.max_attempts is 0; the least is 1");
  EXPECT_EQ(message([](ClientOptions& o) { o.append_session.max_unacked_bytes = 5; }),
            "append_session: max_unacked_bytes is 5; the least is 1048576");
  EXPECT_EQ(message([](ClientOptions& o) { o.append_session.retry.budget.max_attempts = 0; }),
            "append_session: retry.budget.max_attempts is 0; the least is 1");
  EXPECT_EQ(message([](ClientOptions& o) { o.read_session.open_timeout = absl::ZeroDuration(); }),
            "read_session: open_timeout is 0; the least is 1ms");
  EXPECT_EQ(
      message([](ClientOptions& o) { o.append_policy = AppendRetryPolicy::kExactlyOnce; }),
      "append_policy is kExactlyOnce; a unary append can be kAtLeastOnce or kAtMostOnce, an append "
      "session can be exactly once");
  EXPECT_EQ(message([](ClientOptions& o) {
              o.access_token = "a";
              o.access_token_provider = [] { return std::string("b"); };
            }),
            "access_token and access_token_provider are both set; at most one may be");
  EXPECT_EQ(message([](ClientOptions& o) {
              o.token_provider = std::make_shared<testing::CountedTokens>();
              o.access_token_provider = [] { return std::string("b"); };
            }),
            "token_provider and access_token_provider are both set; at most one may be");
  EXPECT_EQ(message([](ClientOptions& o) { o.access_token = "two words"; }),
            "access_token (9 characters, not shown) must be printable ASCII without spaces");
}

TEST(Cancellation, CallsBackOnceWhenCancelled) {
  Cancellation cancellation;
  int calls = 0;
  cancellation.OnCancel([&] { ++calls; });
  EXPECT_FALSE(cancellation.cancelled());
  cancellation.Cancel();
  cancellation.Cancel();
  EXPECT_TRUE(cancellation.cancelled());
  EXPECT_EQ(calls, 1);
}

TEST(Cancellation, CallsBackAtOnceWhenCancelledBefore) {
  Cancellation cancellation;
  cancellation.Cancel();
  int calls = 0;
  cancellation.Remove(cancellation.OnCancel([&] { ++calls; }));
  EXPECT_EQ(calls, 1);
}

TEST(Cancellation, DoesNotCallBackWhatWasRemoved) {
  Cancellation cancellation;
  int kept = 0;
  int removed = 0;
  const uint64_t number = cancellation.OnCancel([&] { ++removed; });
  cancellation.OnCancel([&] { ++kept; });
  cancellation.Remove(number);
  cancellation.Remove(number);
  cancellation.Cancel();
  EXPECT_EQ(removed, 0);
  EXPECT_EQ(kept, 1);
}

TEST(Cancellation, MayBeUsedInsideItsCallbacks) {
  Cancellation cancellation;
  int calls = 0;
  cancellation.OnCancel([&] {
    cancellation.Cancel();
    cancellation.OnCancel([&] { ++calls; });
  });
  cancellation.Cancel();
  EXPECT_EQ(calls, 1);
}

TEST(EncryptionKey, IsBase64Of32Bytes) {
  const std::string key(43, 'A');
  EXPECT_TRUE(internal::ValidateEncryptionKey("").ok());
  EXPECT_TRUE(internal::ValidateEncryptionKey(key + "=").ok());
  for (const std::string& bad :
       {std::string("A"), key + "\n", key + "A=", std::string(42, 'A') + "=\n", key + "*"}) {
    const absl::Status status = internal::ValidateEncryptionKey(bad);
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid) << bad;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("AAAA")));
  }
}

}  // namespace
}  // namespace s2
