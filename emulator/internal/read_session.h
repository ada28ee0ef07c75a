// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_READ_SESSION_H_
#define S2_EMULATOR_INTERNAL_READ_SESSION_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/emulator/internal/core.h"
#include "s2/emulator/internal/reader.h"
#include "s2/rpc/v1/stream.pb.h"

namespace s2::emulator {

// The server side of one ReadSession call. It sends the log's own bytes and keeps none: a slow
// reader costs its position. Owns itself until gRPC is done with it.
class ReadSession : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                    public StreamWatcher,
                    public server::Call,
                    public std::enable_shared_from_this<ReadSession> {
 public:
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(std::shared_ptr<Core> core,
                                                           grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request);

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override;
  void OnDone() override;

  void OnStreamChange() override;
  void Drain() override;
  void Kill() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  enum class State { kIdle, kAccepting, kWriting, kFinished };

  ReadSession(std::shared_ptr<Core> core, grpc::CallbackServerContext* context)
      : core_(std::move(core)), context_(context) {}

  void Open(const grpc::ByteBuffer& request);
  absl::Status OpenReader();
  void Accept() ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the session with this status, after a write that is under way.
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // Writes the next frame, or finishes, if it is time.
  void Pump() ABSL_LOCKS_EXCLUDED(mu_);
  // Finds the next frame, or sets end_, or arms the timer. True: frame_ is to be written.
  bool NextFrameLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool HeartbeatDueLocked(absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Lets a fault have its way with frame_. True: it is still to be written.
  bool StrikeLocked(bool heartbeat) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ArmLocked(absl::Time when) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnTimer() ABSL_LOCKS_EXCLUDED(mu_);

  const std::shared_ptr<Core> core_;
  grpc::CallbackServerContext* const context_;  // valid until OnDone
  std::shared_ptr<ReadSession> self_;           // until OnDone

  // Set while opening, before any reaction.
  std::optional<uint64_t> id_;
  std::string basin_;
  std::string stream_name_;
  rpc::v1::ReadRequest request_;
  std::shared_ptr<Stream> stream_;

  grpc::ByteBuffer frame_;  // touched by the one write that is under way, or under mu_

  absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kIdle;
  std::optional<Reader> reader_ ABSL_GUARDED_BY(mu_);     // once accepted
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mu_);  // as soon as no write is under way
  uint64_t frames_ ABSL_GUARDED_BY(mu_) = 0;              // sent, or lost to a fault
  absl::Time held_until_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();  // frame_ is late until then
  bool held_ ABSL_GUARDED_BY(mu_) = false;
  bool heartbeats_ ABSL_GUARDED_BY(mu_) = true;
  absl::Time heartbeat_due_ ABSL_GUARDED_BY(mu_);  // if no other frame comes; set by each frame
  absl::Time armed_for_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  std::unique_ptr<Timer> timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_READ_SESSION_H_
