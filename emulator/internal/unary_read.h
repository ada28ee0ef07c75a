// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_UNARY_READ_H_
#define S2_EMULATOR_INTERNAL_UNARY_READ_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/emulator/internal/core.h"
#include "s2/emulator/internal/reader.h"

namespace s2::emulator {

// The server side of one Read call: it answers with the first batch there is, or with none when its
// wait is over. Owns itself until gRPC is done with it.
class UnaryRead : public grpc::ServerUnaryReactor,
                  public StreamWatcher,
                  public server::Call,
                  public std::enable_shared_from_this<UnaryRead> {
 public:
  static grpc::ServerUnaryReactor* Start(std::shared_ptr<Core> core,
                                         grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response);

  void OnCancel() override;
  void OnDone() override;

  void OnStreamChange() override { Pump(); }
  void Drain() override;
  void Kill() override;

 private:
  UnaryRead(std::shared_ptr<Core> core, grpc::CallbackServerContext* context,
            grpc::ByteBuffer* response)
      : core_(std::move(core)), context_(context), response_(response) {}

  absl::Status Open(const grpc::ByteBuffer& request) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Strike(const std::string& basin, const std::string& stream);
  // Answers if there is something to answer; else waits.
  void Pump() ABSL_LOCKS_EXCLUDED(mu_);
  void PumpAtLocked(absl::Time when) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Answers with this status unless it has been answered.
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  const std::shared_ptr<Core> core_;
  grpc::CallbackServerContext* const context_;  // valid until OnDone
  grpc::ByteBuffer* const response_;            // the same; written before the answer
  std::shared_ptr<UnaryRead> self_;             // until OnDone

  // Set by Open, before any reaction.
  std::optional<uint64_t> id_;
  std::shared_ptr<Stream> stream_;
  FaultAction fault_;  // a delay or a change of the answer

  absl::Mutex mu_;
  bool answered_ ABSL_GUARDED_BY(mu_) = false;
  std::optional<Reader> reader_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<Timer> timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_UNARY_READ_H_
