// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_CONNECTION_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_CONNECTION_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "s2/session/append_session.h"
#include "s2/session/internal/append/append_core.h"

namespace s2::internal {

// What a user's AppendSession holds of a core; destroying it cancels the session. Each verb takes a
// share of the core first, so that one which waits outlives the connection. In a forked child none
// reaches the core.
class AppendConnection : public AppendSessionConnection {
 public:
  explicit AppendConnection(std::shared_ptr<AppendCore> core) : core_(std::move(core)) {}
  ~AppendConnection() override;

  absl::StatusOr<AppendTicket> Submit(SubmitParams params) override;
  absl::StatusOr<AppendTicket> TrySubmit(TrySubmitParams params) override;
  absl::StatusOr<AppendPermit> Reserve(ReserveParams params) override;
  AppendReservation ReserveAsync(ReserveAsyncParams params) override;
  absl::Status Flush(FlushParams params) override;
  void FlushAsync(FlushAsyncParams params) override;
  absl::Status Close(CloseParams params) override;
  void CloseAsync(CloseAsyncParams params) override;
  void Cancel(CancelParams params) override;
  std::vector<UnackedBatch> TakeUnacked(TakeUnackedParams params) override;
  absl::Status status() const override;
  AppendSessionStats Stats() const override;

 private:
  std::shared_ptr<AppendCore> core() const { return core_; }

  const std::shared_ptr<AppendCore> core_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_CONNECTION_H_
