// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_CONNECTION_H_
#define S2_SESSION_INTERNAL_READ_READ_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/session/internal/read/read_core.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// What a user's ReadSession holds of a core; destroying it cancels the session. Each verb takes a
// share of the core first, so that one which waits outlives the connection.
class ReadConnection : public ReadSessionConnection {
 public:
  explicit ReadConnection(std::shared_ptr<ReadCore> core) : core_(std::move(core)) {}
  ~ReadConnection() override { core_->Cancel("it was destroyed"); }

  absl::StatusOr<std::optional<ReadResult>> Next(absl::Time deadline) override;
  void NextAsync(
      absl::AnyInvocable<void(absl::StatusOr<std::optional<ReadResult>>)> callback) override;
  void Cancel() override;
  std::optional<uint64_t> next_seq_num() const override;
  bool caught_up() const override;
  std::optional<v1::StreamPosition> last_tail() const override;
  absl::StatusOr<v1::StreamPosition> WaitCaughtUp(absl::Time deadline) override;
  void CaughtUpAsync(
      absl::AnyInvocable<void(absl::StatusOr<v1::StreamPosition>)> callback) override;
  ReadSessionStats Stats() const override;
  void Recycle(v1::ReadBatch&& batch) override;

 private:
  std::shared_ptr<ReadCore> core() const { return core_; }

  const std::shared_ptr<ReadCore> core_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_CONNECTION_H_
