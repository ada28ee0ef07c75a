// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/internal/emulators.h"

#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace s2::internal {
namespace {

// What a claim to a name holds: the way to the emulator, for others who give the name. It does not
// keep the emulator, so that letting go of a claim never destroys one.
using Claim = std::weak_ptr<Emulator>;

struct Emulators {
  absl::Mutex mu;
  std::map<std::string, std::weak_ptr<const Claim>> by_name ABSL_GUARDED_BY(mu);
};

}  // namespace

ClaimedEmulator GetEmulator(const std::string& name) {
  if (name.empty()) return {std::make_shared<Emulator>(), nullptr};
  static auto* const emulators = new Emulators();
  absl::MutexLock lock(&emulators->mu);
  std::weak_ptr<const Claim>& known = emulators->by_name[name];
  std::shared_ptr<const Claim> claim = known.lock();
  std::shared_ptr<Emulator> emulator = claim == nullptr ? nullptr : claim->lock();
  if (emulator == nullptr) {
    emulator = std::make_shared<Emulator>();
    known = claim = std::make_shared<const Claim>(emulator);
  }
  return {std::move(emulator), std::move(claim)};
}

}  // namespace s2::internal
