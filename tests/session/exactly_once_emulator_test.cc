// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// kExactlyOnce from the client to an emulator whose faults leave appends open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/client/client.h"
#include "s2/client/make_client.h"
#include "s2/emulator/emulator.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kBasin[] = "basin-one";

class ExactlyOnceEmulatorTest : public ::testing::Test {
 protected:
  ExactlyOnceEmulatorTest()
      : client_(*MakeClient(emulator_.InProcessChannel())),
        stream_(client_.Basin(kBasin).Stream("s")) {
    options_.policy = AppendRetryPolicy::kExactlyOnce;
    options_.retry.budget = RetryBudget::Forever();
    options_.retry.min_backoff = options_.retry.max_backoff = absl::Milliseconds(1);
    EXPECT_TRUE(client_.CreateBasin(kBasin).ok());
    EXPECT_TRUE(client_.Basin(kBasin).CreateStream("s").ok());
  }

  Faults& faults() { return emulator_.faults(); }
  AppendSession Open() { return *stream_.OpenAppendSession(options_); }
  static AppendTicket Submit(AppendSession& session, const std::string& body) {
    return *session.Submit(MakeInput({MakeRecord(body)}));
  }
  // The session's message with this body.
  static FaultMatch Message(const std::string& body) {
    FaultMatch match = FaultMatch::Message("AppendSession");
    match.when = [body](const FaultPoint& p) { return p.input->records(0).body() == body; };
    return match;
  }
  // What is in the stream, without commands.
  std::vector<std::string> Stored() {
    faults().Clear();
    rpc::v1::ReadRequest request;
    request.set_seq_num(0);
    request.set_count(1'000'000);
    std::vector<std::string> bodies;
    ReadSession session = *stream_.OpenReadSession(request);
    for (const ReadResult& result : session.Batches()) {
      for (const v1::SequencedRecord& record : result.batch.records()) {
        if (!IsCommand(record)) bodies.push_back(record.body());
      }
    }
    EXPECT_TRUE(session.status().ok() ||
                GetErrorCode(session.status()) == ErrorCode::kReadUnwritten)
        << session.status();
    return bodies;
  }
  // Submits a, b, c with this fault at b, and expects them to be there once.
  void ExpectOnceDespite(FaultAction action) {
    const FaultHandle fault = faults().Add(Message("b"), std::move(action));
    AppendSession session = Open();
    std::vector<AppendTicket> tickets;
    for (const char* body : {"a", "b", "c"}) tickets.push_back(Submit(session, body));
    ASSERT_TRUE(session.Close().ok()) << session.status();
    EXPECT_EQ(fault.fired(), 1);
    for (uint64_t i = 0; i < 3; ++i) EXPECT_EQ(tickets[i].Wait()->start().seq_num(), i);
    EXPECT_THAT(Stored(), ElementsAre("a", "b", "c"));
  }

  static EmulatorOptions ForgetsNamesSoon() {
    EmulatorOptions options;
    options.deletion_hold = absl::Milliseconds(1);
    return options;
  }

  Emulator emulator_{ForgetsNamesSoon()};
  Client client_;
  s2::Stream stream_;
  AppendSessionOptions options_;
};

TEST_F(ExactlyOnceEmulatorTest, AppendsWithoutFaults) {
  AppendSession session = Open();
  std::vector<std::string> bodies;
  for (int i = 0; i < 1000; ++i) {
    bodies.push_back(absl::StrCat(i));
    Submit(session, bodies.back());
  }
  ASSERT_TRUE(session.Close().ok());
  EXPECT_EQ(Stored(), bodies);
}

TEST_F(ExactlyOnceEmulatorTest, AnAckIsLost) { ExpectOnceDespite(FaultAction::CutAfter()); }

TEST_F(ExactlyOnceEmulatorTest, ABatchIsLost) { ExpectOnceDespite(FaultAction::CutBefore()); }

TEST_F(ExactlyOnceEmulatorTest, AnAckIsWithheld) {
  options_.ack_timeout = absl::Milliseconds(50);
  ExpectOnceDespite(FaultAction::Withhold());
}

TEST_F(ExactlyOnceEmulatorTest, ADeadAttemptLandsBeforeItsSuccessor) {
  ExpectOnceDespite(FaultAction::LateBefore(2));
}

TEST_F(ExactlyOnceEmulatorTest, ADeadAttemptLandsAfterItsSuccessor) {
  ExpectOnceDespite(FaultAction::LateAfter(2));
}

TEST_F(ExactlyOnceEmulatorTest, AServerErrorLeavesItOpen) {
  ExpectOnceDespite(FaultAction::FailAfter(MakeError(ErrorCode::kStorage, "oops")));
}

TEST_F(ExactlyOnceEmulatorTest, WithoutThePolicyADeadAttemptDoubles) {
  options_.policy = AppendRetryPolicy::kAtLeastOnce;
  faults().Add(Message("b"), FaultAction::LateBefore());
  AppendSession session = Open();
  ASSERT_TRUE(Submit(session, "a").Wait().ok());  // or it is sent again with b
  Submit(session, "b");
  ASSERT_TRUE(session.Close().ok());
  EXPECT_THAT(Stored(), ElementsAre("a", "b", "b")) << "or these tests prove nothing";
}

TEST_F(ExactlyOnceEmulatorTest, AReadBackThatBreaksIsTriedAgain) {
  faults().Add(FaultMatch::Message("ReadSession"), FaultAction::CutBefore(), 3);
  ExpectOnceDespite(FaultAction::CutAfter());
}

TEST_F(ExactlyOnceEmulatorTest, AStreamThatIsMadeByTheAppend) {
  rpc::v1::BasinConfig config;
  config.set_create_stream_on_append(true);
  ASSERT_TRUE(client_.CreateBasin("basin-two", config).ok());
  stream_ = client_.Basin("basin-two").Stream("new");
  ExpectOnceDespite(FaultAction::CutAfter());
}

TEST_F(ExactlyOnceEmulatorTest, FencedToo) {
  options_.exactly_once.fence = true;
  options_.exactly_once.identity_header = "id";
  faults().Add(Message("b"), FaultAction::LateBefore(2));
  AppendSession session = Open();
  for (const char* body : {"a", "b", "c"}) Submit(session, body);
  ASSERT_TRUE(session.Close().ok()) << session.status();
  EXPECT_THAT(Stored(), ElementsAre("a", "b", "c"));
}

TEST_F(ExactlyOnceEmulatorTest, WithAFenceTrimmedEvidenceCounts) {
  options_.exactly_once.fence = true;
  AppendSession session = Open();
  ASSERT_TRUE(Submit(session, "a").Wait().ok());
  faults().Add(Message("b"), FaultAction::CutAfter());
  // Lands at 2, and trims all up to itself, and itself.
  v1::AppendInput input = MakeInput({MakeRecord("b"), MakeTrimRecord(100)});
  AppendTicket ticket = *session.Submit(std::move(input));
  ASSERT_TRUE(ticket.Wait().ok()) << ticket.Wait().status();
  EXPECT_EQ(ticket.Wait()->start().seq_num(), 2);
  EXPECT_THAT(Stored(), IsEmpty());
}

TEST_F(ExactlyOnceEmulatorTest, WithoutAFenceTrimmedEvidenceIsUnknown) {
  AppendSession session = Open();
  faults().Add(Message("b"), FaultAction::CutAfter());
  AppendTicket ticket = *session.Submit(MakeInput({MakeRecord("b"), MakeTrimRecord(100)}));
  ASSERT_FALSE(ticket.Wait().ok());
  EXPECT_FALSE(HasNoSideEffects(ticket.Wait().status()));
}

TEST_F(ExactlyOnceEmulatorTest, TheYoungerOfTwoFencedSessionsGoesOn) {
  options_.exactly_once.fence = true;
  AppendSession older = Open();
  ASSERT_TRUE(Submit(older, "a").Wait().ok());
  AppendSession younger = Open();
  ASSERT_TRUE(Submit(younger, "b").Wait().ok());
  AppendTicket late = Submit(older, "late");
  EXPECT_EQ(GetErrorCode(late.Wait().status()), ErrorCode::kFencingTokenMismatch);
  EXPECT_TRUE(HasNoSideEffects(late.Wait().status()));
  ASSERT_TRUE(Submit(younger, "c").Wait().ok());
  EXPECT_THAT(Stored(), ElementsAre("a", "b", "c"));
}

TEST_F(ExactlyOnceEmulatorTest, AFencedSessionLeavesNothingOpen) {
  options_.exactly_once.fence = true;
  options_.retry.budget = RetryBudget::Attempts(1);
  AppendSession session = Open();
  ASSERT_TRUE(Submit(session, "a").Wait().ok());
  // b is taken, and comes after all: behind the last fence, where it does not land.
  faults().Add(Message("b"), FaultAction::LateAfter());
  AppendTicket ticket = Submit(session, "b");
  ASSERT_FALSE(ticket.Wait().ok());
  EXPECT_TRUE(HasNoSideEffects(ticket.Wait().status())) << ticket.Wait().status();
  EXPECT_THAT(Stored(), ElementsAre("a"));
}

TEST_F(ExactlyOnceEmulatorTest, AFencedBatchDoesNotLandInAStreamThatWasMadeAgain) {
  options_.exactly_once.fence = true;
  options_.retry.budget = RetryBudget::Attempts(1);
  AppendSession session = Open();
  ASSERT_TRUE(Submit(session, "a").Wait().ok());
  ASSERT_TRUE(client_.Basin(kBasin).DeleteStream("s").ok());
  absl::Status made;
  do {  // its name is held for a while
    made = client_.Basin(kBasin).CreateStream("s").status();
  } while (GetErrorCode(made) == ErrorCode::kStreamDeletionPending);
  ASSERT_TRUE(made.ok()) << made;
  ASSERT_TRUE(stream_.Append(MakeInput({MakeRecord("x"), MakeRecord("y")})).ok());
  AppendTicket ticket = Submit(session, "b");
  EXPECT_FALSE(ticket.Wait().ok());
  EXPECT_THAT(Stored(), ElementsAre("x", "y"));
}

// All faults at random, with batches of several sizes, many in flight.
TEST_F(ExactlyOnceEmulatorTest, WhateverHappensEachBatchIsThereOnceInOrder) {
  options_.ack_timeout = absl::Milliseconds(100);
  for (unsigned seed = 0; seed < 10 && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    auto random = std::make_shared<std::mt19937>(seed);
    const auto one_in = [random](unsigned n) {
      return [random, n](const FaultPoint&) { return (*random)() % n == 0; };
    };
    const auto add = [&](FaultMatch match, unsigned n, FaultAction action) {
      match.when = one_in(n);
      faults().Add(std::move(match), std::move(action), Fault::kAlways);
    };
    const FaultMatch message = FaultMatch::Message("AppendSession");
    add(message, 60, FaultAction::LateBefore(1 + seed % 3));
    add(message, 60, FaultAction::LateAfter(1 + seed % 3));
    add(message, 60, FaultAction::CutAfter());
    add(message, 60, FaultAction::CutBefore());
    add(message, 60, FaultAction::FailAfter(MakeError(ErrorCode::kStorage, "oops")));
    add(message, 100, FaultAction::Reconnect());
    add(message, 400, FaultAction::Withhold());
    add(FaultMatch::Open("AppendSession"), 10, FaultAction::CutBefore());
    add(FaultMatch::Open("ReadSession"), 4, FaultAction::CutBefore());
    add(FaultMatch::Message("ReadSession"), 4, FaultAction::CutAfter());
    options_.exactly_once.fence = seed % 2 == 1;
    const std::string name = absl::StrCat("seed ", seed);
    ASSERT_TRUE(client_.Basin(kBasin).CreateStream(name).ok());
    stream_ = client_.Basin(kBasin).Stream(name);
    std::vector<std::string> bodies;
    AppendSession session = Open();
    for (int batch = 0; batch < 500; ++batch) {
      v1::AppendInput input;
      for (int i = 0; i <= batch % 3; ++i) {
        bodies.push_back(absl::StrCat(batch, "/", i));
        *input.add_records() = MakeRecord(bodies.back());
      }
      ASSERT_TRUE(session.Submit(std::move(input)).ok()) << session.status();
    }
    ASSERT_TRUE(session.Close().ok()) << session.status();
    EXPECT_EQ(Stored(), bodies);
  }
}

}  // namespace
}  // namespace s2
