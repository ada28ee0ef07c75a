// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_connection.h"

#include <optional>

namespace s2::internal {

absl::StatusOr<AppendTicket> AppendConnection::Submit(v1::AppendInput&& input,
                                                      absl::Time deadline) {
  return core()->Submit(input, deadline);
}

absl::StatusOr<AppendTicket> AppendConnection::TrySubmit(v1::AppendInput&& input) {
  return core()->Submit(input, std::nullopt);
}

absl::StatusOr<AppendPermit> AppendConnection::Reserve(size_t bytes, absl::Time deadline) {
  return core()->Reserve(bytes, deadline);
}

AppendReservation AppendConnection::ReserveAsync(
    size_t bytes, absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback) {
  return core()->ReserveAsync(bytes, std::move(callback));
}

absl::Status AppendConnection::Flush(absl::Time deadline) { return core()->Flush(deadline); }

void AppendConnection::FlushAsync(absl::AnyInvocable<void(absl::Status)> callback) {
  core()->FlushAsync(std::move(callback));
}

absl::Status AppendConnection::Close(absl::Time deadline) { return core()->Close(deadline); }

void AppendConnection::CloseAsync(absl::Time deadline,
                                  absl::AnyInvocable<void(absl::Status)> callback) {
  core()->CloseAsync(deadline, std::move(callback));
}

void AppendConnection::Cancel() { core()->Cancel("it was cancelled"); }

std::vector<UnackedBatch> AppendConnection::TakeUnacked() { return core()->TakeUnacked(); }

absl::Status AppendConnection::status() const { return core()->status(); }

AppendSessionStats AppendConnection::Stats() const { return core()->Stats(); }

}  // namespace s2::internal
