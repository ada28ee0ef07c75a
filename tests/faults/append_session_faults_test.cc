// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>

#include "s2/tests/faults/fixture.h"

// Append sessions end to end under every fault there is: whatever happens, each ticket resolves,
// what was acked is there and in order, and what is said of a failed batch is true.
namespace s2 {
namespace {

using Policy = AppendRetryPolicy;

constexpr int kBatches = 20;

// What became of a session that appended "0" to "19", a batch each.
struct Outcome {
  std::vector<absl::StatusOr<v1::AppendAck>> results;
  absl::Status closed;
  std::vector<UnackedBatch> unacked;
  AppendSessionStats stats;

  size_t acked() const {
    return std::count_if(results.begin(), results.end(), [](const auto& r) { return r.ok(); });
  }
};

// A fault at an input, or at the opening, of an append session.
struct AppendFault {
  const char* name;
  FaultMatch match;
  FaultAction action;
  // Does a session survive that may not send again what may have had an effect?
  bool survived_without_effects;
  // Why a session fails that may; nothing: it does not.
  std::optional<ErrorCode> terminal = std::nullopt;
  // Short where its end is what the fault is about.
  absl::Duration ack_timeout = absl::Seconds(20);
};

std::ostream& operator<<(std::ostream& out, const AppendFault& c) { return out << c.name; }

constexpr absl::Duration kShort = absl::Milliseconds(500);

FaultMatch Input3() { return FaultMatch::Message("AppendSession", 3); }
FaultMatch OpeningOfWriter() { return FaultMatch::Open("AppendSession"); }

std::vector<AppendFault> AppendFaults() {
  return {
      {"CutBefore", Input3(), FaultAction::CutBefore(), false},
      {"CutAfter", Input3(), FaultAction::CutAfter(), false},
      {"UnavailableBefore", Input3(), FaultAction::FailBefore(Broken(ErrorCode::kUnavailable)),
       false},
      {"UnavailableAfter", Input3(), FaultAction::FailAfter(Broken(ErrorCode::kUnavailable)),
       false},
      {"RateLimited", Input3(), FaultAction::FailBefore(Broken(ErrorCode::kRateLimited)), true},
      {"PermissionDenied", Input3(), FaultAction::FailBefore(Broken(ErrorCode::kPermissionDenied)),
       false, ErrorCode::kPermissionDenied},
      {"AckWithheld", Input3(), FaultAction::Withhold(), false, std::nullopt, kShort},
      {"AckLate", Input3(), FaultAction::Delay(absl::Milliseconds(50)), true},
      {"AckTooLate", Input3(), FaultAction::Delay(2 * kShort), false, std::nullopt, kShort},
      {"Silence", Input3(), FaultAction::Silence(), false, std::nullopt, kShort},
      {"AckTooLarge", Input3(), FaultAction::MutateAck([](v1::AppendAck& ack) {
         ack.mutable_end()->set_seq_num(ack.end().seq_num() + 1);
       }),
       false, ErrorCode::kInvalidAck},
      {"AckRepeated", Input3(), FaultAction::MutateAck([](v1::AppendAck& ack) {
         ack.mutable_start()->set_seq_num(ack.start().seq_num() - 1);
         ack.mutable_end()->set_seq_num(ack.end().seq_num() - 1);
       }),
       false, ErrorCode::kInvalidAck},
      {"LateBefore", Input3(), FaultAction::LateBefore(3), false},
      {"LateAfter", Input3(), FaultAction::LateAfter(3), false},
      {"Reconnect", Input3(), FaultAction::Reconnect(), true},
      {"OpenFails", OpeningOfWriter(), FaultAction::FailBefore(Broken(ErrorCode::kUnavailable)),
       true},
      {"OpenCut", OpeningOfWriter(), FaultAction::CutBefore(), true},
      {"OpenReconnect", OpeningOfWriter(), FaultAction::Reconnect(), true},
      {"OpenNotAnswered", OpeningOfWriter(), FaultAction::Silence(), true},
      {"OpenAnsweredLate", OpeningOfWriter(), FaultAction::Delay(absl::Milliseconds(50)), true},
  };
}

class AppendSessionFaultsTest : public FaultyTest,
                                public ::testing::WithParamInterface<AppendFault> {
 protected:
  Outcome Append(Policy policy) {
    AppendSessionOptions options = Appending(policy);
    options.ack_timeout = GetParam().ack_timeout;
    AppendSession session = *stream_.OpenAppendSession(options);
    std::vector<absl::StatusOr<AppendTicket>> tickets;
    for (int i = 0; i < kBatches; ++i) {
      tickets.push_back(session.Submit(Input(absl::StrCat(i)), Soon()));
    }
    Outcome outcome;
    for (const auto& ticket : tickets) {
      EXPECT_TRUE(!ticket.ok() || ticket->WaitUntil(Soon())) << "a ticket did not resolve";
      outcome.results.push_back(ticket.ok() ? ticket->Wait() : ticket.status());
    }
    outcome.closed = session.Close(Soon());
    outcome.unacked = session.TakeUnacked();
    outcome.stats = session.Stats();
    return outcome;
  }

  // What holds whatever happened.
  static void Check(const Outcome& outcome, Policy policy, const std::vector<std::string>& stored) {
    std::map<std::string, int> copies;
    int highest = -1;
    for (const std::string& body : stored) {
      if (++copies[body] > 1 || body == "another") continue;
      EXPECT_GT(std::stoi(body), highest) << "first seen out of order";
      highest = std::stoi(body);
    }
    size_t next_unacked = 0;
    uint64_t last_end = 0;
    bool failed = false;
    for (int i = 0; i < kBatches; ++i) {
      const std::string body = absl::StrCat(i);
      const auto& result = outcome.results[i];
      EXPECT_TRUE(policy == Policy::kAtLeastOnce || copies[body] <= 1) << body << " is there twice";
      if (result.ok()) {
        EXPECT_FALSE(failed) << body << " acked behind one that was not";
        EXPECT_GE(result->start().seq_num(), last_end);
        last_end = result->end().seq_num();
        ASSERT_LT(result->start().seq_num(), stored.size());
        EXPECT_EQ(stored[result->start().seq_num()], body);
        EXPECT_EQ(last_end, result->start().seq_num() + 1);
        continue;
      }
      failed = true;
      const bool without_effect = HasNoSideEffects(result.status());
      EXPECT_TRUE(!without_effect || copies[body] == 0) << body << ": " << result.status();
      if (next_unacked == outcome.unacked.size()) continue;  // it was never submitted
      const UnackedBatch& unacked = outcome.unacked[next_unacked++];
      EXPECT_EQ(unacked.input.records(0).body(), body);
      EXPECT_EQ(unacked.may_have_effect, !without_effect) << body;
    }
    EXPECT_EQ(next_unacked, outcome.unacked.size());
    EXPECT_EQ(failed, !outcome.closed.ok());
  }

  // Has another writer append, so that what a dead attempt left behind lands.
  void AppendAnother() {
    faults().Clear();
    EXPECT_TRUE(stream_.Append(Input("another")).ok());
  }
};

TEST_P(AppendSessionFaultsTest, AtLeastOnce) {
  const FaultHandle fault = faults().Add(GetParam().match, GetParam().action, 2);
  const Outcome outcome = Append(Policy::kAtLeastOnce);
  AppendAnother();
  Check(outcome, Policy::kAtLeastOnce, Stored());
  EXPECT_GE(fault.fired(), 1);
  if (GetParam().terminal) {
    EXPECT_THAT(outcome.closed, HasCode(*GetParam().terminal));
    EXPECT_EQ(outcome.acked(), 3u);
  } else {
    EXPECT_EQ(outcome.acked(), kBatches) << outcome.closed;
  }
}

TEST_P(AppendSessionFaultsTest, AtMostOnce) {
  const FaultHandle fault = faults().Add(GetParam().match, GetParam().action);
  const Outcome outcome = Append(Policy::kAtMostOnce);
  AppendAnother();
  Check(outcome, Policy::kAtMostOnce, Stored());
  EXPECT_EQ(fault.fired(), 1);
  EXPECT_EQ(outcome.closed.ok(), GetParam().survived_without_effects) << outcome.closed;
}

INSTANTIATE_TEST_SUITE_P(Under, AppendSessionFaultsTest, ::testing::ValuesIn(AppendFaults()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace s2
