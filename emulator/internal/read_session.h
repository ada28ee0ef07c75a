// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_READ_SESSION_H_
#define S2_EMULATOR_INTERNAL_READ_SESSION_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "s2/emulator/internal/core.h"
#include "s2/emulator/internal/reader.h"
#include "s2/retry/internal/lazy_timer.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/server/internal/write_reactor.h"

namespace s2::emulator {

// The server's half of one ReadSession call. It sends the log's own bytes and keeps none: a slow
// reader costs its position. However it ends, it writes no frame any more but the one under way.
class ReadSession final
    : public server::WriteReactor<grpc::ServerWriteReactor<grpc::ByteBuffer>, grpc::ByteBuffer>,
      public StreamWatcher {
 public:
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(std::shared_ptr<Core> core,
                                                           grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer& request);

  void OnDone() override;

  void OnStreamChange() override { Pump(); }
  void Drain() override { Cut(server::DrainingError(0)); }

 private:
  ReadSession(std::shared_ptr<Core> core, grpc::CallbackServerContext* context)
      : WriteReactor(core->calls(), core->meter(), context, server::SessionKind::kRead),
        core_(std::move(core)),
        timer_(core_->clock()) {}
  std::shared_ptr<ReadSession> self() {
    return std::static_pointer_cast<ReadSession>(shared_from_this());
  }

  // Enters the call, and begins unless a fault has it otherwise.
  void Open(const grpc::ByteBuffer& request) ABSL_LOCKS_EXCLUDED(mu_);
  // Accepts the session, unless it is ending or there is nothing to read.
  void Begin() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status OpenReader() ABSL_LOCKS_EXCLUDED(mu_);

  // Finds the next frame, or ends the session, or sets the timer.
  Next NextMessageLocked(grpc::ByteBuffer& frame) override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Is it time for a heartbeat? If not, the timer is set for one, or for `deadline`.
  bool HeartbeatDueLocked(absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Lets a fault have its way with the frame. True: it is still to be written.
  bool StrikeLocked(grpc::ByteBuffer& frame, bool is_heartbeat) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnTimer() ABSL_LOCKS_EXCLUDED(mu_);

  const std::shared_ptr<Core> core_;

  // Set by Open and Begin, before there is a reader.
  std::string basin_;
  std::string stream_name_;
  rpc::v1::ReadRequest request_;
  std::shared_ptr<Stream> stream_;

  bool begun_ ABSL_GUARDED_BY(mu_) = false;            // Begin has been called
  std::optional<Reader> reader_ ABSL_GUARDED_BY(mu_);  // set by Begin
  uint64_t frames_ ABSL_GUARDED_BY(mu_) = 0;           // frames written, or lost to a fault
  // A fault delays the frame that NextMessageLocked found last: it is not written before.
  std::optional<absl::Time> held_until_ ABSL_GUARDED_BY(mu_);
  bool heartbeats_ ABSL_GUARDED_BY(mu_) = true;    // no fault has stopped them
  absl::Time heartbeat_due_ ABSL_GUARDED_BY(mu_);  // unless another frame comes before
  // When to begin, if a fault delays that; then, when there may be another frame.
  internal::LazyTimer timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_READ_SESSION_H_
