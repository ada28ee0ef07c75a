// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_connection.h"

#include "s2/retry/internal/forked.h"

namespace s2::internal {

ReadConnection::~ReadConnection() {
  if (Forked()) {
    Leak(core_);
  } else {
    core_->Cancel("it was destroyed");
  }
}

absl::StatusOr<ReadResult> ReadConnection::Next(NextParams params) {
  if (Forked()) return ForkedError();
  return core()->Next(params.deadline);
}

void ReadConnection::NextAsync(NextAsyncParams params) {
  if (Forked()) return params.callback(ForkedError());
  core()->NextAsync(std::move(params.callback));
}

void ReadConnection::Cancel(CancelParams) {
  if (!Forked()) core()->Cancel("it was cancelled");
}

std::optional<uint64_t> ReadConnection::next_seq_num() const {
  if (Forked()) return std::nullopt;
  return core()->progress().next_seq_num;
}

bool ReadConnection::caught_up() const { return !Forked() && core()->progress().caught_up; }

std::optional<v1::StreamPosition> ReadConnection::last_tail() const {
  if (Forked()) return std::nullopt;
  return core()->progress().tail;
}

absl::StatusOr<v1::StreamPosition> ReadConnection::WaitCaughtUp(WaitCaughtUpParams params) {
  if (Forked()) return ForkedError();
  return core()->WaitCaughtUp(params.deadline);
}

void ReadConnection::CaughtUpAsync(CaughtUpAsyncParams params) {
  if (Forked()) return params.callback(ForkedError());
  core()->CaughtUpAsync(std::move(params.callback));
}

ReadSessionStats ReadConnection::Stats() const {
  return Forked() ? ReadSessionStats() : core()->Stats();
}

void ReadConnection::Recycle(RecycleParams params) {
  if (!Forked()) core()->Recycle(std::move(params.batch));
}

void ReadConnection::OnUnseenError(UnseenErrorParams params) {
  if (!Forked()) core()->OnUnseenError(params.error);
}

}  // namespace s2::internal
