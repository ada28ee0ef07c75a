// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_connection.h"

namespace s2::internal {

absl::StatusOr<std::optional<ReadResult>> ReadConnection::Next(absl::Time deadline) {
  return core()->Next(deadline);
}

void ReadConnection::NextAsync(
    absl::AnyInvocable<void(absl::StatusOr<std::optional<ReadResult>>)> callback) {
  core()->NextAsync(std::move(callback));
}

void ReadConnection::Cancel() { core()->Cancel("it was cancelled"); }

std::optional<uint64_t> ReadConnection::next_seq_num() const {
  return core()->progress().next_seq_num;
}

bool ReadConnection::caught_up() const { return core()->progress().caught_up; }

std::optional<v1::StreamPosition> ReadConnection::last_tail() const {
  return core()->progress().tail;
}

absl::StatusOr<v1::StreamPosition> ReadConnection::WaitCaughtUp(absl::Time deadline) {
  return core()->WaitCaughtUp(deadline);
}

void ReadConnection::CaughtUpAsync(
    absl::AnyInvocable<void(absl::StatusOr<v1::StreamPosition>)> callback) {
  core()->CaughtUpAsync(std::move(callback));
}

ReadSessionStats ReadConnection::Stats() const { return core()->Stats(); }

void ReadConnection::Recycle(v1::ReadBatch&& batch) { core()->Recycle(std::move(batch)); }

}  // namespace s2::internal
