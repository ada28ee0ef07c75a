// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_CONNECTION_H_
#define S2_SESSION_INTERNAL_READ_READ_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "s2/session/internal/read/read_core.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// What a user's ReadSession holds of a core; destroying it cancels the session. Each verb takes a
// share of the core first, so that one which waits outlives the connection. In a forked child none
// reaches the core.
class ReadConnection : public ReadSessionConnection {
 public:
  explicit ReadConnection(std::shared_ptr<ReadCore> core) : core_(std::move(core)) {}
  ~ReadConnection() override;

  absl::StatusOr<ReadResult> Next(NextParams params) override;
  void NextAsync(NextAsyncParams params) override;
  void Cancel(CancelParams params) override;
  std::optional<uint64_t> next_seq_num() const override;
  bool caught_up() const override;
  std::optional<v1::StreamPosition> last_tail() const override;
  absl::StatusOr<v1::StreamPosition> WaitCaughtUp(WaitCaughtUpParams params) override;
  void CaughtUpAsync(CaughtUpAsyncParams params) override;
  ReadSessionStats Stats() const override;
  void Recycle(RecycleParams params) override;
  void OnUnseenError(UnseenErrorParams params) override;

 private:
  std::shared_ptr<ReadCore> core() const { return core_; }

  const std::shared_ptr<ReadCore> core_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_CONNECTION_H_
