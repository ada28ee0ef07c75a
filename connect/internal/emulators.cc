// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/internal/emulators.h"

#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace s2::internal {
namespace {

struct Emulators {
  absl::Mutex mu;
  std::map<std::string, std::weak_ptr<Emulator>> by_name ABSL_GUARDED_BY(mu);
};

}  // namespace

std::shared_ptr<Emulator> GetEmulator(const std::string& name) {
  if (name.empty()) return std::make_shared<Emulator>();
  static auto* const emulators = new Emulators();
  absl::MutexLock lock(&emulators->mu);
  std::weak_ptr<Emulator>& known = emulators->by_name[name];
  std::shared_ptr<Emulator> emulator = known.lock();
  if (emulator == nullptr) known = emulator = std::make_shared<Emulator>();
  return emulator;
}

}  // namespace s2::internal
