// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_CONNECTION_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_CONNECTION_H_

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/session/append_session.h"
#include "s2/session/internal/append/append_core.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// What a user's AppendSession holds of a core; destroying it cancels the session. Each verb takes a
// share of the core first, so that one which waits outlives the connection.
class AppendConnection : public AppendSessionConnection {
 public:
  explicit AppendConnection(std::shared_ptr<AppendCore> core) : core_(std::move(core)) {}
  ~AppendConnection() override { core_->Cancel("it was destroyed"); }

  absl::StatusOr<AppendTicket> Submit(v1::AppendInput&& input, absl::Time deadline) override;
  absl::StatusOr<AppendTicket> TrySubmit(v1::AppendInput&& input) override;
  absl::StatusOr<AppendPermit> Reserve(size_t bytes, absl::Time deadline) override;
  AppendReservation ReserveAsync(
      size_t bytes, absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback) override;
  absl::Status Flush(absl::Time deadline) override;
  void FlushAsync(absl::AnyInvocable<void(absl::Status)> callback) override;
  absl::Status Close(absl::Time deadline) override;
  void CloseAsync(absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback) override;
  void Cancel() override;
  std::vector<UnackedBatch> TakeUnacked() override;
  absl::Status status() const override;
  AppendSessionStats Stats() const override;

 private:
  std::shared_ptr<AppendCore> core() const { return core_; }

  const std::shared_ptr<AppendCore> core_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_CONNECTION_H_
