// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_WALL_CLOCK_H_
#define S2_EMULATOR_INTERNAL_WALL_CLOCK_H_

#include "absl/time/time.h"
#include "s2/retry/clock.h"

namespace s2::emulator {

// What the wall clock says, told by an injected clock: the time that FromWall takes to Now.
inline absl::Time WallNow(const Clock& clock) {
  const absl::Time epoch = absl::UnixEpoch();
  return epoch + (clock.Now() - clock.FromWall(epoch));
}

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_WALL_CLOCK_H_
