// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <grpc/support/time.h>
#include <grpcpp/create_channel.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <mutex>
#include <thread>

#include "s2/client/make_client_from_stubs.h"
#include "s2/testing/scripted_server.h"
#include "s2/tests/faults/fixture.h"

namespace {
// By how many seconds the wall clock of this process is wrong.
std::atomic<int> wrong_by{0};
}  // namespace

// The C library's functions that tell the wall clock, in whose place these come for all libraries
// of the program. The kernel does not know: it goes by its own clock where a wait has an absolute
// end on the wall clock. So a wait of one second whose end was computed an hour ahead lasts an
// hour, as when the clock is set back while it waits; and one computed an hour behind is over at
// once, as when the clock is set forward.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  const bool is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (result == 0 && is_wall) time->tv_sec += wrong_by;
  return result;
}
extern "C" int gettimeofday(timeval* time, void*) noexcept {
  timespec now;
  const int result = clock_gettime(CLOCK_REALTIME, &now);
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return result;
}
extern "C" time_t time(time_t* seconds) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (seconds != nullptr) *seconds = now.tv_sec;
  return now.tv_sec;
}
// gRPC's threads that take events nap for 100 ms now and then, to an end on the wall clock. Nothing
// in this library can help it if the clock is set back during a nap: here one is as long as gRPC
// means it to be.
extern "C" void gpr_sleep_until(gpr_timespec) {
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

namespace s2 {
namespace {

using Monotonic = std::chrono::steady_clock;

constexpr absl::Duration kShort = absl::Milliseconds(200);
// Far longer than all that is awaited here, far shorter than an hour.
constexpr std::chrono::seconds kPatience(20);

// Runs `step` and says how long it took. One that hangs would hang the test, too: it ends the
// process.
absl::Duration Time(const char* what, const std::function<void()>& step) {
  std::mutex mu;
  std::condition_variable changed;
  bool over = false;
  const Monotonic::time_point begun = Monotonic::now();
  std::thread runner([&] {
    step();
    const std::lock_guard<std::mutex> lock(mu);
    over = true;
    changed.notify_one();
  });
  {
    std::unique_lock<std::mutex> lock(mu);
    if (!changed.wait_until(lock, begun + kPatience, [&] { return over; })) {
      std::fprintf(stderr, "%s follows the wall clock: it hangs\n", what);
      std::_Exit(1);
    }
  }
  runner.join();
  return absl::FromChrono(Monotonic::now() - begun);
}

// Each test with a clock that is an hour ahead, and with one that is an hour behind.
class WallClockTest : public FaultyTest, public ::testing::WithParamInterface<int> {
 protected:
  ~WallClockTest() override { wrong_by = 0; }

  // The verb must take as long as it is from now to its deadline.
  static void ExpectInTime(const char* what, const std::function<void(absl::Time)>& verb) {
    const absl::Duration taken = Time(what, [&verb] {
      wrong_by = GetParam();
      verb(absl::Now() + kShort);
    });
    EXPECT_GE(taken, kShort - absl::Milliseconds(20)) << what;
  }

  // A session with a batch whose ack comes far too late, and no room for another.
  AppendSession OpenFull() {
    const FaultHandle late =
        faults().Add(FaultMatch::Message("AppendSession"), FaultAction::Delay(absl::Hours(1)));
    AppendSessionOptions options;
    options.ack_timeout = absl::Hours(1);
    options.max_unacked_batches = 1;
    AppendSession session = *stream_.OpenAppendSession(options);
    ticket_.emplace(*session.Submit(Input("a")));
    EXPECT_TRUE(late.WaitFired(1));
    return session;
  }

  std::optional<AppendTicket> ticket_;
};

TEST_P(WallClockTest, AVerbThatAppendsEndsAtItsDeadline) {
  AppendSession session = OpenFull();
  ExpectInTime("Ticket::WaitUntil", [&](absl::Time t) { EXPECT_FALSE(ticket_->WaitUntil(t)); });
  ExpectInTime("Submit", [&](absl::Time t) { EXPECT_FALSE(session.Submit(Input("b"), t).ok()); });
  ExpectInTime("Reserve", [&](absl::Time t) { EXPECT_FALSE(session.Reserve(8, t).ok()); });
  ExpectInTime("Flush", [&](absl::Time t) { EXPECT_FALSE(session.Flush(t).ok()); });
  ExpectInTime("Close", [&](absl::Time t) { EXPECT_FALSE(session.Close(t).ok()); });
}

TEST_P(WallClockTest, AVerbThatReadsEndsAtItsDeadline) {
  faults().Add(FaultMatch::Message("ReadSession"), FaultAction::Silence());
  ReadSession session = *stream_.OpenReadSession(From(0));
  ExpectInTime("Next", [&](absl::Time t) { EXPECT_FALSE(session.Next(t).ok()); });
  ExpectInTime("WaitCaughtUp", [&](absl::Time t) { EXPECT_FALSE(session.WaitCaughtUp(t).ok()); });
}

TEST_P(WallClockTest, AUnaryCallEndsAtItsDeadline) {
  faults().Add(FaultMatch::Open("CheckTail"), FaultAction::Silence(), Fault::kAlways);
  ExpectInTime("CheckTail", [&](absl::Time t) {
    CallOptions options;
    options.deadline = t;
    EXPECT_EQ(stream_.CheckTail(options).status().code(), absl::StatusCode::kDeadlineExceeded);
  });
}

TEST_P(WallClockTest, AUnaryCallIsMadeAgainAfterItsTimeoutAndAPause) {
  faults().Add(FaultMatch::Open("CheckTail"), FaultAction::Silence());
  faults().Add(FaultMatch::Open("CheckTail"), FaultAction::CutBefore());
  Time("request_timeout", [&] {
    wrong_by = GetParam();
    EXPECT_TRUE(stream_.CheckTail().ok());
  });
}

TEST_P(WallClockTest, AnAckThatDoesNotComeIsNoticed) {
  faults().Add(FaultMatch::Message("AppendSession"), FaultAction::Withhold());
  AppendSessionOptions options = Appending(AppendRetryPolicy::kAtLeastOnce);
  options.ack_timeout = kShort;
  Time("ack_timeout", [&] {
    wrong_by = GetParam();
    AppendSession session = *stream_.OpenAppendSession(options);
    EXPECT_TRUE(session.Submit(Input("a"))->Wait().ok());
    EXPECT_EQ(session.Stats().attempts, 2u);
  });
}

TEST_P(WallClockTest, HeartbeatsThatStopAreNoticed) {
  faults().Add(FaultMatch::Open("ReadSession"), FaultAction::NoHeartbeats());
  Time("heartbeat_timeout", [&] {
    wrong_by = GetParam();
    ReadSession session = *stream_.OpenReadSession(From(0), Reading());
    EXPECT_TRUE(session.WaitCaughtUp().ok());
    EXPECT_EQ(session.Stats().attempts, 2u);
  });
}

TEST_P(WallClockTest, ADrainEndsAtItsDeadline) {
  const absl::StatusOr<int> port = emulator_.Listen("127.0.0.1:0", nullptr);
  ASSERT_TRUE(port.ok()) << port.status();
  stream_ = (*MakeClient(grpc::CreateChannel(absl::StrCat("127.0.0.1:", *port),
                                             grpc::InsecureChannelCredentials())))
                .Basin(kBasin)
                .Stream("stream");
  const AppendSession session = OpenFull();
  ExpectInTime("Drain", [&](absl::Time t) { emulator_.Drain(t); });
}

TEST_P(WallClockTest, WhatATestWaitsForHasItsTime) {
  const FaultHandle fault = faults().Add(FaultMatch::Open("Append"), FaultAction::Silence());
  ExpectInTime("WaitFired", [&](absl::Time) { EXPECT_FALSE(fault.WaitFired(1, kShort)); });
  testing::ScriptedServer server;
  ExpectInTime("WaitPlayed", [&](absl::Time) {
    server.ExpectReadSession(::testing::_);
    EXPECT_FALSE(server.WaitPlayed(kShort));
  });
  const Client client = *MakeClient(server.stubs());  // plays the script
  EXPECT_TRUE(client.Basin(kBasin).Stream("stream").OpenReadSession(From(0)).ok());
}

INSTANTIATE_TEST_SUITE_P(OneHour, WallClockTest, ::testing::Values(3600, -3600),
                         [](const auto& info) { return info.param > 0 ? "Ahead" : "Behind"; });

// A clock that is set back and forth, again and again, while sessions keep watch.
TEST_F(FaultyTest, AClockThatIsSetAgainAndAgainConfusesNoWatch) {
  std::atomic<bool> stop{false};
  std::thread setter([&stop] {
    while (!stop) {
      for (const int seconds : {3600, -3600, 0}) {
        wrong_by = seconds;
        std::this_thread::yield();
      }
    }
  });
  faults().Add(FaultMatch::Message("AppendSession"), FaultAction::Withhold(), 3);
  faults().Add(FaultMatch::Open("ReadSession"), FaultAction::NoHeartbeats(), 3);
  AppendSessionOptions options = Appending(AppendRetryPolicy::kAtLeastOnce);
  options.ack_timeout = kShort;
  Time("a session", [&] {
    ReadSession reader = *stream_.OpenReadSession(From(0), Reading());
    AppendSession writer = *stream_.OpenAppendSession(options);
    EXPECT_TRUE(writer.Submit(Input("a"))->Wait().ok());
    EXPECT_TRUE(writer.Close().ok());
    EXPECT_TRUE(reader.Next().ok());
    EXPECT_EQ(writer.Stats().attempts, 4u);
  });
  stop = true;
  setter.join();
  wrong_by = 0;
}

}  // namespace
}  // namespace s2
