// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_connection.h"

namespace s2::internal {

absl::StatusOr<ReadResult> ReadConnection::Next(NextParams params) {
  return core()->Next(params.deadline);
}

void ReadConnection::NextAsync(NextAsyncParams params) {
  core()->NextAsync(std::move(params.callback));
}

void ReadConnection::Cancel(CancelParams) { core()->Cancel("it was cancelled"); }

std::optional<uint64_t> ReadConnection::next_seq_num() const {
  return core()->progress().next_seq_num;
}

bool ReadConnection::caught_up() const { return core()->progress().caught_up; }

std::optional<v1::StreamPosition> ReadConnection::last_tail() const {
  return core()->progress().tail;
}

absl::StatusOr<v1::StreamPosition> ReadConnection::WaitCaughtUp(WaitCaughtUpParams params) {
  return core()->WaitCaughtUp(params.deadline);
}

void ReadConnection::CaughtUpAsync(CaughtUpAsyncParams params) {
  core()->CaughtUpAsync(std::move(params.callback));
}

ReadSessionStats ReadConnection::Stats() const { return core()->Stats(); }

void ReadConnection::Recycle(RecycleParams params) { core()->Recycle(std::move(params.batch)); }

void ReadConnection::OnUnseenError(UnseenErrorParams params) {
  core()->OnUnseenError(params.error);
}

}  // namespace s2::internal
