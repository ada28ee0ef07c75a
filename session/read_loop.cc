// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/read_loop.h"

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/session/internal/misuse.h"
#include "s2/session/read_session.h"

namespace s2::internal {

ReadLoop::ReadLoop(std::unique_ptr<ReadSessionConnection> connection)
    : connection_(std::move(connection)) {}

ReadLoop::~ReadLoop() {
  if (!status_.ok() && !seen_) connection_->OnUnseenError({status_});
}

void ReadLoop::Begin() {
  if (std::exchange(begun_, true)) {
    Misuse("a second loop over a ReadSession was begun; Next goes on behind the first");
  }
}

bool ReadLoop::Next() {
  if (!current_.batch.records().empty()) connection_->Recycle({std::move(current_.batch)});
  absl::StatusOr<ReadResult> next = connection_->Next({absl::InfiniteFuture()});
  status_ = next.status();
  seen_ = false;
  if (!next.ok() || next->end) return false;
  current_ = *std::move(next);
  return true;
}

}  // namespace s2::internal
