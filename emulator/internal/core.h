// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_CORE_H_
#define S2_EMULATOR_INTERNAL_CORE_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "s2/emulator/faults.h"
#include "s2/emulator/internal/account.h"
#include "s2/emulator/internal/memory.h"
#include "s2/retry/clock.h"
#include "s2/server/internal/calls.h"
#include "s2/server/internal/meter.h"

namespace s2::emulator {

// What all calls of an emulator share, whichever of its servers they came to. Thread safe.
class Core {
 public:
  Core(std::shared_ptr<Clock> clock, std::function<double()> random, size_t max_memory_bytes,
       absl::Duration deletion_hold)
      : clock_(std::move(clock)),
        random_(std::move(random)),
        memory_(std::make_shared<Memory>(max_memory_bytes)),
        account_(std::make_shared<Account>(clock_, memory_, deletion_hold)) {}

  const std::shared_ptr<Clock>& clock() const { return clock_; }
  Account& account() { return *account_; }
  const Memory& memory() const { return *memory_; }
  Faults& faults() { return faults_; }
  double Random() { return random_(); }
  server::Calls& calls() { return calls_; }
  server::Meter& meter() { return meter_; }

 private:
  const std::shared_ptr<Clock> clock_;
  const std::function<double()> random_;
  const std::shared_ptr<Memory> memory_;
  const std::shared_ptr<Account> account_;
  Faults faults_;
  server::Calls calls_;
  server::Meter meter_;
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_CORE_H_
