// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_connection.h"

#include <optional>

namespace s2::internal {

absl::StatusOr<AppendTicket> AppendConnection::Submit(SubmitParams params) {
  return core()->Submit(params.input, params.deadline);
}

absl::StatusOr<AppendTicket> AppendConnection::TrySubmit(TrySubmitParams params) {
  return core()->Submit(params.input, std::nullopt);
}

absl::StatusOr<AppendPermit> AppendConnection::Reserve(ReserveParams params) {
  return core()->Reserve(params.bytes, params.deadline);
}

AppendReservation AppendConnection::ReserveAsync(ReserveAsyncParams params) {
  return core()->ReserveAsync(params.bytes, std::move(params.callback));
}

absl::Status AppendConnection::Flush(FlushParams params) { return core()->Flush(params.deadline); }

void AppendConnection::FlushAsync(FlushAsyncParams params) {
  core()->FlushAsync(params.deadline, std::move(params.callback));
}

absl::Status AppendConnection::Close(CloseParams params) { return core()->Close(params.deadline); }

void AppendConnection::CloseAsync(CloseAsyncParams params) {
  core()->CloseAsync(params.deadline, std::move(params.callback));
}

void AppendConnection::Cancel(CancelParams) { core()->Cancel("it was cancelled"); }

std::vector<UnackedBatch> AppendConnection::TakeUnacked(TakeUnackedParams) {
  return core()->TakeUnacked();
}

absl::Status AppendConnection::status() const { return core()->status(); }

AppendSessionStats AppendConnection::Stats() const { return core()->Stats(); }

}  // namespace s2::internal
