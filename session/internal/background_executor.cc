// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/background_executor.h"

#include <utility>

#include "s2/retry/internal/background.h"

namespace s2::internal {
namespace {

class Background : public Executor {
 public:
  void Run(absl::AnyInvocable<void()> work) override { RunInBackground(std::move(work)); }
};

}  // namespace

std::shared_ptr<Executor> BackgroundExecutor() {
  static const auto* const executor =
      new std::shared_ptr<Executor>(std::make_shared<Background>());  // never destroyed
  return *executor;
}

}  // namespace s2::internal
