// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>
#include <utility>

#include "s2/session/internal/append/append_core.h"
#include "s2/session/internal/make_session.h"

namespace s2::internal {
namespace {

// The user's hold on a session; destroying it cancels the session. Each verb takes a share of the
// core first, so that one which waits outlives the handle.
class AppendHandle : public AppendSessionConnection {
 public:
  explicit AppendHandle(std::shared_ptr<AppendCore> core) : core_(std::move(core)) {}
  ~AppendHandle() override { core_->Cancel(); }

  absl::StatusOr<AppendTicket> Submit(v1::AppendInput&& input, absl::Time deadline) override {
    return core()->Submit(std::move(input), deadline);
  }
  absl::StatusOr<AppendTicket> TrySubmit(v1::AppendInput&& input) override {
    return core()->TrySubmit(std::move(input));
  }
  absl::StatusOr<AppendPermit> Reserve(size_t bytes, absl::Time deadline) override {
    return core()->Reserve(bytes, deadline);
  }
  AppendReservation ReserveAsync(
      size_t bytes, absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback) override {
    return core()->ReserveAsync(bytes, std::move(callback));
  }
  absl::Status Flush(absl::Time deadline) override { return core()->Flush(deadline); }
  void FlushAsync(absl::AnyInvocable<void(absl::Status)> callback) override {
    core()->FlushAsync(std::move(callback));
  }
  absl::Status Close(absl::Time deadline) override { return core()->Close(deadline); }
  void CloseAsync(absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback) override {
    core()->CloseAsync(deadline, std::move(callback));
  }
  void Cancel() override { core()->Cancel(); }
  std::vector<UnackedBatch> TakeUnacked() override { return core()->TakeUnacked(); }
  absl::Status status() const override { return core()->status(); }
  AppendSessionStats Stats() const override { return core()->Stats(); }

 private:
  std::shared_ptr<AppendCore> core() const { return core_; }

  const std::shared_ptr<AppendCore> core_;
};

}  // namespace

AppendSession MakeAppendSession(std::string name, std::shared_ptr<Transport> transport,
                                Runtime runtime, const AppendSessionOptions& options) {
  auto core = std::make_shared<AppendCore>(std::move(name), std::move(transport),
                                           std::move(runtime), options);
  core->Start();
  return AppendSession(std::make_unique<AppendHandle>(std::move(core)));
}

}  // namespace s2::internal
