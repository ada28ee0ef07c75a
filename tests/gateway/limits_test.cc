// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What GatewayOptions' limits mean for sessions.

#include "s2/tests/gateway/session_fixture.h"
#include "s2/tests/gateway/slices.h"

namespace s2::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr size_t kMaxHeld = 10000;

class LimitsTest : public SessionTest {
 protected:
  LimitsTest() : SessionTest(Options()) {}
  static GatewayOptions Options() {
    GatewayOptions options;
    options.max_calls = 2;
    options.max_held_bytes = kMaxHeld;
    return options;
  }
  static void ExpectRefusal(const absl::Status& status, const char* why) {
    EXPECT_THAT(status, HasCode(ErrorCode::kRateLimited));
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }

  // What other calls hold.
  server::Holding others_{core_->held()};
};

TEST_F(LimitsTest, NoMoreCallsThanThat) {
  AppendCall one(*stub_);
  ReadCall two(*stub_, rpc::v1::ReadRequest());
  http_->Await();
  http_->Await();
  AppendCall three(*stub_);
  EXPECT_FALSE(three.Accepted());
  ExpectRefusal(three.Finish(), "max_calls is 2");
  EXPECT_EQ(http_->opened(), 2);
}

TEST_F(LimitsTest, WhenTooMuchIsHeldNewSessionsAreRefused) {
  others_.Add(kMaxHeld);
  ReadCall call(*stub_, rpc::v1::ReadRequest());
  EXPECT_FALSE(call.Accepted());
  ExpectRefusal(call.Finish(), "max_held_bytes is 10000");
  EXPECT_EQ(http_->opened(), 0);
}

TEST_F(LimitsTest, WhenTooMuchIsHeldAReaderGetsWhatHasComeAndIsEnded) {
  ReadCall call(*stub_, rpc::v1::ReadRequest());
  const auto s2 = http_->Await();
  AcceptSession(*s2);
  s2->Data(BatchFrame(0, "one"));
  others_.Add(kMaxHeld);
  s2->Data(BatchFrame(1, "two"));
  EXPECT_THAT(call.Bodies(), ElementsAre("one"));
  EXPECT_THAT(call.Bodies(), ElementsAre("two"));
  EXPECT_FALSE(call.Next().has_value());
  ExpectRefusal(call.Finish(), "max_held_bytes is 10000");
  s2->AwaitCancel();
}

TEST_F(LimitsTest, WhenTooMuchIsHeldAWriterGetsItsAcksAndIsEnded) {
  AppendCall call(*stub_);
  const auto s2 = http_->Await();
  AcceptSession(*s2);
  ASSERT_TRUE(call.Write(Input("one")));
  s2->AwaitBody(InputFrame("one").size());
  others_.Add(kMaxHeld);
  ASSERT_TRUE(call.Write(Input("two")));
  s2->AwaitBodyEnd();
  EXPECT_EQ(s2->body(), InputFrame("one"));
  s2->Data(AckFrame(0));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  ExpectRefusal(call.Finish(), "max_held_bytes is 10000");
}

TEST_F(LimitsTest, WhatTheClientHasNotTakenIsHeld) {
  ReadCall call(*stub_, rpc::v1::ReadRequest());
  const auto s2 = http_->Await();
  AcceptSession(*s2);
  const std::string frame = BatchFrame(0, std::string(100, 'x'));
  for (int i = 0; i < 10; ++i) s2->Data(frame);
  // One may be on its way.
  EXPECT_GE(core_->held()->bytes(), 9 * frame.size());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(call.Next().has_value());
  s2->AwaitConsumed(10 * frame.size());
  EXPECT_EQ(core_->held()->bytes(), 0u);
}

}  // namespace
}  // namespace s2::gateway
