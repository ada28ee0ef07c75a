// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_attempt.h"

#include "s2/session/internal/read/read_core.h"

namespace s2::internal {

void ReadAttempt::OnAccepted() {
  if (auto core = core_.lock()) core->OnAccepted(*this);
}

void ReadAttempt::OnRead(bool ok) {
  if (auto core = core_.lock()) core->OnRead(*this, ok);
}

void ReadAttempt::OnDone(const absl::Status& status) {
  if (auto core = core_.lock()) core->OnDone(*this, status);
}

}  // namespace s2::internal
