// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Names that take long to be looked up hold up nothing but who waits for them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "s2/gateway/internal/http2/look_up.h"
#include "s2/tests/gateway/http_fixture.h"
#include "s2/tests/gateway/patience.h"
#include "s2/tests/gateway/slow_names.h"

namespace s2::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// A look-up under way.
struct Asked {
  explicit Asked(const std::string& host) {
    http2::LookUp(host, [answer = answer](absl::StatusOr<http2::Addresses> addresses) {
      answer->thread = std::this_thread::get_id();
      answer->addresses = std::move(addresses);
      answer->come.Notify();
    });
  }
  absl::StatusOr<http2::Addresses> Await() const {
    const bool come = answer->come.WaitForNotificationWithTimeout(kPatience);
    return come ? answer->addresses : absl::DeadlineExceededError("no answer");
  }

  struct Answer {
    absl::StatusOr<http2::Addresses> addresses;
    std::thread::id thread;
    absl::Notification come;
  };
  std::shared_ptr<Answer> answer = std::make_shared<Answer>();
};

TEST(LookUpTest, FindsAddressesOfBothKinds) {
  const asio::ip::address v4 = asio::ip::make_address("127.0.0.1");
  const Asked localhost("localhost");
  ASSERT_TRUE(localhost.Await().ok()) << localhost.Await().status();
  EXPECT_THAT(*localhost.Await(), Contains(v4));
  EXPECT_NE(localhost.answer->thread, std::this_thread::get_id());
  EXPECT_THAT(*Asked("127.0.0.1").Await(), Contains(v4));
  const auto v6 = Asked("fe80::1%1").Await();
  ASSERT_TRUE(v6.ok()) << v6.status();
  EXPECT_EQ(v6->front().to_v6().scope_id(), 1);
}

TEST(LookUpTest, SaysWhyThereIsNone) {
  const absl::Status error = Asked(std::string(64, 'x')).Await().status();
  EXPECT_EQ(error.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(error.message()), HasSubstr("not known"));
}

TEST(LookUpTest, ASlowNameHoldsUpNoOther) {
  SlowNames names;
  const Asked one("one.slow");
  EXPECT_TRUE(names.AwaitAsked("one.slow"));
  const Asked two("two.slow");
  EXPECT_TRUE(names.AwaitAsked("two.slow"));
  EXPECT_TRUE(Asked("localhost").Await().ok());
  EXPECT_FALSE(one.answer->come.HasBeenNotified());
  names.Answer();
  EXPECT_TRUE(one.Await().ok());
  EXPECT_TRUE(two.Await().ok());
}

TEST(LookUpTest, WhoAsksForANameThatIsBeingLookedUpWaitsForThat) {
  SlowNames names;
  const std::vector<Asked> asked = {Asked("three.slow"), Asked("three.slow"), Asked("three.slow")};
  names.Answer();
  for (const Asked& one : asked) EXPECT_TRUE(one.Await().ok());
  EXPECT_EQ(names.asked("three.slow"), 1);
  // The next one asks anew.
  EXPECT_TRUE(Asked("three.slow").Await().ok());
  EXPECT_EQ(names.asked("three.slow"), 2);
}

class SlowHostTest : public HttpTest {
 protected:
  HttpCall PostToSlowHost() {
    http2::Origin origin = server_.origin();
    origin.host = host_;
    return Open(client(), PostTo(origin));
  }

  // Another one in each test, whose look-up may outlive it.
  const std::string host_ =
      std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".slow";
  SlowNames names_;
  HttpServer server_;
};

TEST_F(SlowHostTest, ConnectsWhenItsAddressIsKnown) {
  HttpCall call = PostToSlowHost();
  EXPECT_TRUE(names_.AwaitAsked(host_));
  names_.Answer();
  call.got = Await(server_);
  call.AnswerAndEnd();
}

TEST_F(SlowHostTest, OtherHostsOfTheClientAreReachedMeanwhile) {
  HttpCall slow = PostToSlowHost();
  EXPECT_TRUE(names_.AwaitAsked(host_));
  HttpCall call = PostAndAwait(server_);
  call.AnswerAndEnd();
  EXPECT_FALSE(slow.events->closed());
}

TEST_F(SlowHostTest, IsGivenUpAndTriedAgainByTheSameLookUp) {
  options_.connect_timeout = absl::Milliseconds(50);
  for (int i = 0; i < 3; ++i) {
    HttpCall call = PostToSlowHost();
    ExpectNotSent(call.events->AwaitClosed(), ErrorCode::kOpenTimeout,
                  "no connection in 50ms, looking up '" + host_ + "'");
  }
  EXPECT_EQ(names_.asked(host_), 1);
}

TEST_F(SlowHostTest, TheEndOfTheClientWaitsForNoLookUp) {
  HttpCall call = PostToSlowHost();
  EXPECT_TRUE(names_.AwaitAsked(host_));
  client_.reset();
  EXPECT_EQ(GetErrorCode(call.events->AwaitClosed()), ErrorCode::kServerDisconnected);
  // What the look-up finds comes to nobody.
  names_.Answer();
  EXPECT_TRUE(Asked(host_).Await().ok());
  EXPECT_EQ(server_.connections_made(), 0);
}

}  // namespace
}  // namespace s2::testing
