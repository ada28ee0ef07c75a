// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_BACKGROUND_EXECUTOR_H_
#define S2_SESSION_INTERNAL_BACKGROUND_EXECUTOR_H_

#include <memory>

#include "s2/session/executor.h"

namespace s2::internal {

// RunInBackground as an executor: where the library does its own work that may block. A test gives
// an executor that it drives by hand instead.
std::shared_ptr<Executor> BackgroundExecutor();

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_BACKGROUND_EXECUTOR_H_
