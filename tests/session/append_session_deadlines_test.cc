// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

// A verb that blocks; DEADLINE_EXCEEDED when it gave up at the deadline.
struct BlockingVerb {
  std::string name;
  std::function<absl::Status(AppendSession& session, const AppendTicket& ticket,
                             absl::Time deadline)>
      run;
};

std::vector<BlockingVerb> BlockingVerbs() {
  return {{"Submit",
           [](AppendSession& session, const AppendTicket&, absl::Time deadline) {
             return session.Submit(MakeBatch("more"), deadline).status();
           }},
          {"Reserve", [](AppendSession& session, const AppendTicket&,
                         absl::Time deadline) { return session.Reserve(100, deadline).status(); }},
          {"Flush", [](AppendSession& session, const AppendTicket&,
                       absl::Time deadline) { return session.Flush(deadline); }},
          {"Close",
           [](AppendSession& session, const AppendTicket&, absl::Time deadline) {
             const absl::Status status = session.Close(deadline);
             EXPECT_TRUE(status.ok() || GetErrorCode(status) == ErrorCode::kCloseTimeout);
             return status.ok() ? status : absl::DeadlineExceededError("");
           }},
          {"WaitUntil", [](AppendSession&, const AppendTicket& ticket, absl::Time deadline) {
             return ticket.WaitUntil(deadline) ? absl::OkStatus() : absl::DeadlineExceededError("");
           }}};
}

// Each verb blocks, on a session with a batch that is not acked and that leaves no room.
class AppendSessionDeadlinesTest : public AppendSessionTest {
 protected:
  AppendTicket MakeFull() {
    AppendSessionOptions options = ThreeAttempts();
    options.max_unacked_batches = 1;
    MakeStreaming(options);
    const AppendTicket ticket = Submit("a");
    call().Receive();
    return ticket;
  }
};

TEST_F(AppendSessionDeadlinesTest, TheClockOfTheSessionAloneEndsAVerb) {
  for (const BlockingVerb& verb : BlockingVerbs()) {
    SCOPED_TRACE(verb.name);
    const AppendTicket ticket = MakeFull();
    const absl::Time deadline = clock_->Now() + absl::Seconds(1);
    std::atomic<bool> ended{false};
    absl::Status status;
    std::thread caller([&] {
      status = verb.run(session(), ticket, deadline);
      ended = true;
    });
    clock_->AwaitTimer(deadline);
    clock_->Advance(absl::Milliseconds(999));
    EXPECT_FALSE(ended);
    clock_->Advance(absl::Milliseconds(1));
    caller.join();
    EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  }
}

TEST_F(AppendSessionDeadlinesTest, AVerbThatGetsWhatItWaitsForLeavesNoTimer) {
  for (const BlockingVerb& verb : BlockingVerbs()) {
    SCOPED_TRACE(verb.name);
    const AppendTicket ticket = MakeFull();
    const absl::Time deadline = clock_->Now() + absl::Seconds(1);
    absl::Status status;
    std::thread caller([&] { status = verb.run(session(), ticket, deadline); });
    clock_->AwaitTimer(deadline);
    call().Ack(0, 1);
    caller.join();
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_NE(clock_->next_timer(), deadline);
    if (verb.name == "Submit") call().Receive();
  }
}

TEST_F(AppendSessionDeadlinesTest, ADeadlineThatIsOverArmsNoTimer) {
  for (const BlockingVerb& verb : BlockingVerbs()) {
    SCOPED_TRACE(verb.name);
    const AppendTicket ticket = MakeFull();
    const size_t timers = clock_->timers();
    EXPECT_FALSE(verb.run(session(), ticket, clock_->Now()).ok());
    if (verb.name != "Close") {
      EXPECT_EQ(clock_->timers(), timers);
    }
  }
}

}  // namespace
}  // namespace s2::internal
