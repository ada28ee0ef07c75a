// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_attempt.h"

#include <utility>

#include "s2/session/internal/append/append_core.h"

namespace s2::internal {

void AppendAttempt::OnAccepted() {
  if (auto core = core_.lock()) core->OnAccepted(*this);
}

void AppendAttempt::OnRead(bool ok) {
  if (auto core = core_.lock()) core->OnRead(*this, ok);
}

void AppendAttempt::OnWrite(bool ok) {
  if (auto core = core_.lock()) core->OnWrite(*this, ok);
}

void AppendAttempt::OnDone(const absl::Status& status) {
  if (auto core = core_.lock()) core->OnDone(*this, status);
}

void AppendAttempt::EndWrite(absl::InlinedVector<std::shared_ptr<AppendBatch>, 1>& finished) {
  std::shared_ptr<AppendBatch> batch = std::move(writing);
  if (batch == nullptr) return;
  if (--batch->writes == 0 && batch->acked) finished.push_back(std::move(batch));
}

}  // namespace s2::internal
