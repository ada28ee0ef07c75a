// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_SCHEDULE_H_
#define S2_TESTS_SIMULATION_SCHEDULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace s2::simulation {

// What a user, another writer or misfortune does.
enum class Act {
  // Of a writer.
  kOpenWriter,
  kSubmit,
  kSubmitNow,
  kSubmitBad,
  kSubmitAgain,
  kReserve,
  kReserveNow,
  kUsePermit,
  kDropPermit,
  kCancelReserve,
  kFlush,
  kFlushNow,
  kClose,
  kCloseNow,
  kCancelWriter,
  kTakeBack,
  kDropWriter,
  // Of a reader.
  kOpenReader,
  kTake,
  kTakeNow,
  kAwaitTail,
  kCancelReader,
  kDropReader,
  // Of somebody else.
  kForeignBatch,
  // Faults.
  kRefuse,
  kCut,
  kFreeze,
  kStickWrites,
  kWithholdAcks,
  kLie,
  kError,
  kLeave,
  kRestart,
  kDelete,
  kTrim,
  kExpire,
  kMute,
  kSlowReader,
  kHangUp,
};

absl::string_view Name(Act act);
bool IsFault(Act act);

// One act. The rest of it follows from `word`, whatever else is in the schedule.
struct Step {
  absl::Duration at;  // since the beginning
  Act act;
  int who;  // of the writers, or of the readers
  uint64_t word;
};

// A simulation as data: what the seed draws, step by step. Any part of it is a schedule too.
struct Schedule {
  uint64_t seed;
  std::vector<Step> steps;  // in order of time
};

Schedule DrawSchedule(uint64_t seed);

// "+1.250s w1 submits"
std::string Describe(const Step& step);

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_SCHEDULE_H_
