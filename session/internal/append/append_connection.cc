// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_connection.h"

#include <optional>

#include "s2/retry/internal/forked.h"

namespace s2::internal {

AppendConnection::~AppendConnection() {
  if (Forked()) {
    Leak(core_);
  } else {
    core_->Cancel("it was destroyed");
  }
}

absl::StatusOr<AppendTicket> AppendConnection::Submit(SubmitParams params) {
  if (Forked()) return ForkedError();
  return core()->Submit(params.input, params.deadline);
}

absl::StatusOr<AppendTicket> AppendConnection::TrySubmit(TrySubmitParams params) {
  if (Forked()) return ForkedError();
  return core()->Submit(params.input, std::nullopt);
}

absl::StatusOr<AppendPermit> AppendConnection::Reserve(ReserveParams params) {
  if (Forked()) return ForkedError();
  return core()->Reserve(params.bytes, params.deadline);
}

AppendReservation AppendConnection::ReserveAsync(ReserveAsyncParams params) {
  if (Forked()) {
    params.callback(ForkedError());
    return AppendReservation([] {});
  }
  return core()->ReserveAsync(params.bytes, std::move(params.callback));
}

absl::Status AppendConnection::Flush(FlushParams params) {
  return Forked() ? ForkedError() : core()->Flush(params.deadline);
}

void AppendConnection::FlushAsync(FlushAsyncParams params) {
  if (Forked()) return params.callback(ForkedError());
  core()->FlushAsync(params.deadline, std::move(params.callback));
}

absl::Status AppendConnection::Close(CloseParams params) {
  return Forked() ? ForkedError() : core()->Close(params.deadline);
}

void AppendConnection::CloseAsync(CloseAsyncParams params) {
  if (Forked()) return params.callback(ForkedError());
  core()->CloseAsync(params.deadline, std::move(params.callback));
}

void AppendConnection::Cancel(CancelParams) {
  if (!Forked()) core()->Cancel("it was cancelled");
}

std::vector<UnackedBatch> AppendConnection::TakeUnacked(TakeUnackedParams) {
  if (Forked()) return {};
  return core()->TakeUnacked();
}

absl::Status AppendConnection::status() const {
  return Forked() ? ForkedError() : core()->status();
}

AppendSessionStats AppendConnection::Stats() const {
  return Forked() ? AppendSessionStats() : core()->Stats();
}

}  // namespace s2::internal
