// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_APPEND_SESSION_H_
#define S2_EMULATOR_INTERNAL_APPEND_SESSION_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/emulator/internal/core.h"
#include "s2/v1/s2.pb.h"

namespace s2::emulator {

// The server side of one AppendSession call. Inputs take effect as they come, in order; the acks
// they are owed go out in order. The first input that fails ends the session, after the acks of
// those before it; those behind it are dropped. Owns itself until gRPC is done with it.
class AppendSession : public grpc::ServerBidiReactor<v1::AppendInput, v1::AppendAck>,
                      public StreamWatcher,
                      public server::Call,
                      public std::enable_shared_from_this<AppendSession> {
 public:
  static grpc::ServerBidiReactor<v1::AppendInput, v1::AppendAck>* Start(
      std::shared_ptr<Core> core, grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override;
  void OnDone() override;

  void OnStreamChange() override;
  void Drain() override ABSL_LOCKS_EXCLUDED(mu_);
  void Kill() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  enum class State { kIdle, kAccepting, kWriting, kFinished };
  struct Owed {
    v1::AppendAck ack;
    absl::Time taken;  // its input
    absl::Time due;
  };

  AppendSession(std::shared_ptr<Core> core, grpc::CallbackServerContext* context)
      : core_(std::move(core)), context_(context) {}

  void Open();
  absl::Status FindStream();
  void Accept() ABSL_LOCKS_EXCLUDED(mu_);
  void TakeInput();
  void Append(absl::Duration delay, const FaultAction& fault);
  void KeepForLater();
  // Ends the session with this error, now.
  void Cut(const absl::Status& error) ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the session with this status, once the acks owed are out.
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // Writes the next ack, or finishes, if it is time.
  void Pump() ABSL_LOCKS_EXCLUDED(mu_);
  void ArmLocked(absl::Time when) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnTimer() ABSL_LOCKS_EXCLUDED(mu_);

  const std::shared_ptr<Core> core_;
  grpc::CallbackServerContext* const context_;  // valid until OnDone
  std::shared_ptr<AppendSession> self_;         // until OnDone

  // Set by Open, before any reaction.
  std::optional<uint64_t> id_;
  std::string basin_;
  std::string stream_name_;
  std::shared_ptr<Stream> stream_;

  // Touched by the one read that is under way, or by nobody.
  v1::AppendInput input_;
  std::optional<FaultAction> late_;  // inputs are kept for later
  int late_inputs_ = 0;              // how many more

  v1::AppendAck writing_;  // touched by the one write that is under way

  absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kIdle;
  uint64_t taken_ ABSL_GUARDED_BY(mu_) = 0;     // inputs dealt with
  bool taking_ ABSL_GUARDED_BY(mu_) = false;    // one is being dealt with
  bool paused_ ABSL_GUARDED_BY(mu_) = false;    // no read is under way: too many acks are owed
  bool draining_ ABSL_GUARDED_BY(mu_) = false;  // no input is taken any more
  std::deque<Owed> owed_ ABSL_GUARDED_BY(mu_);  // in order
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mu_);  // once owed_ is empty
  std::optional<absl::Status> cut_ ABSL_GUARDED_BY(mu_);  // now
  absl::Time armed_for_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  std::unique_ptr<Timer> timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_APPEND_SESSION_H_
