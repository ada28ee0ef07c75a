// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/linearizability/mishaps.h"

#include <memory>
#include <random>
#include <utility>

#include "absl/time/time.h"
#include "s2/retry/error.h"

namespace s2::linearizability {
namespace {

// Adds faults that strike each match with a probability. They are asked one at a time.
class Chances {
 public:
  Chances(uint64_t seed, Faults& faults)
      : random_(std::make_shared<std::mt19937_64>(seed)), faults_(faults) {}

  void Add(double probability, FaultMatch match, FaultAction action) {
    match.when = [random = random_, probability](const FaultPoint&) {
      return std::bernoulli_distribution(probability)(*random);
    };
    faults_.Add(std::move(match), std::move(action), Fault::kAlways);
  }

 private:
  const std::shared_ptr<std::mt19937_64> random_;
  Faults& faults_;
};

void AddFaults(Chances& chances) {
  const absl::Status unavailable = MakeError(ErrorCode::kUnavailable, "a fault");
  for (const char* rpc : {"AppendSession", "Append", "ReadSession", "CheckTail"}) {
    const FaultMatch message = FaultMatch::Message(rpc);
    chances.Add(0.02, FaultMatch::Open(rpc), FaultAction::FailBefore(unavailable));
    chances.Add(0.02, message, FaultAction::CutBefore());
    chances.Add(0.01, message, FaultAction::CutAfter());
    chances.Add(0.05, message, FaultAction::Delay(absl::Milliseconds(5)));
  }
  const FaultMatch append = FaultMatch::Message("AppendSession");
  chances.Add(0.01, append, FaultAction::LateBefore());
  chances.Add(0.01, append, FaultAction::LateAfter());
  chances.Add(0.02, append, FaultAction::Reconnect());
  chances.Add(0.01, append, FaultAction::FailAfter(unavailable));
}

// The read ends one record early.
void DropLast(v1::ReadBatch& batch) {
  if (batch.records_size() > 1) batch.mutable_records()->RemoveLast();
}

// The first two records have each other's place.
void SwapBodies(v1::ReadBatch& batch) {
  if (batch.records_size() < 2) return;
  std::swap(*batch.mutable_records(0)->mutable_body(), *batch.mutable_records(1)->mutable_body());
}

}  // namespace

bool Install(absl::string_view mishaps, uint64_t seed, Faults& faults) {
  Chances chances(seed, faults);
  const FaultMatch read = FaultMatch::Message("ReadSession");
  if (mishaps == "faults") {
    AddFaults(chances);
  } else if (mishaps == "lost") {
    chances.Add(0.2, read, FaultAction::MutateBatch(DropLast));
  } else if (mishaps == "doubled") {
    chances.Add(0.2, FaultMatch::Message("AppendSession"), FaultAction::CutAfter());
  } else if (mishaps == "reordered") {
    chances.Add(0.2, read, FaultAction::MutateBatch(SwapBodies));
  } else {
    return false;
  }
  return true;
}

}  // namespace s2::linearizability
