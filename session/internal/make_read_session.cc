// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>
#include <utility>

#include "s2/session/internal/make_session.h"
#include "s2/session/internal/read/read_core.h"

namespace s2::internal {
namespace {

// Ties a core's life to its user's handle. Each verb holds the core itself: the handle may be
// destroyed meanwhile, by another thread or a callback.
class ReadConnection : public ReadSessionConnection {
 public:
  explicit ReadConnection(std::shared_ptr<ReadCore> core) : core_(std::move(core)) {}
  ~ReadConnection() override { core_->Abort("it was destroyed"); }

  absl::StatusOr<std::optional<ReadResult>> Next(absl::Time deadline) override {
    return Core()->Next(deadline);
  }
  void NextAsync(
      absl::AnyInvocable<void(absl::StatusOr<std::optional<ReadResult>>)> callback) override {
    Core()->NextAsync(std::move(callback));
  }
  void Cancel() override { Core()->Abort("it was cancelled"); }
  std::optional<uint64_t> next_seq_num() const override { return core_->progress().next_seq_num; }
  bool caught_up() const override { return core_->progress().caught_up; }
  std::optional<v1::StreamPosition> last_tail() const override { return core_->progress().tail; }
  absl::StatusOr<v1::StreamPosition> WaitCaughtUp(absl::Time deadline) override {
    return Core()->WaitCaughtUp(deadline);
  }
  void CaughtUpAsync(
      absl::AnyInvocable<void(absl::StatusOr<v1::StreamPosition>)> callback) override {
    Core()->CaughtUpAsync(std::move(callback));
  }
  ReadSessionStats Stats() const override { return core_->Stats(); }
  void Recycle(v1::ReadBatch&& batch) override { core_->Recycle(std::move(batch)); }

 private:
  std::shared_ptr<ReadCore> Core() const { return core_; }

  const std::shared_ptr<ReadCore> core_;
};

}  // namespace

ReadSession MakeReadSession(std::string name, std::shared_ptr<Transport> transport, Runtime runtime,
                            const rpc::v1::ReadRequest& request,
                            const ReadSessionOptions& options) {
  auto core = std::make_shared<ReadCore>(std::move(name), std::move(transport), std::move(runtime),
                                         request, options);
  core->Start();
  return ReadSession(std::make_unique<ReadConnection>(std::move(core)));
}

}  // namespace s2::internal
