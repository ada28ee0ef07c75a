// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_UNARY_READ_H_
#define S2_EMULATOR_INTERNAL_UNARY_READ_H_

#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "s2/emulator/internal/core.h"
#include "s2/emulator/internal/reader.h"
#include "s2/retry/internal/lazy_timer.h"
#include "s2/server/internal/call_reactor.h"

namespace s2::emulator {

// The server's half of one Read call: it answers with the first batch there is, or with none when
// its wait is over.
class UnaryRead final : public server::CallReactor<grpc::ServerUnaryReactor>, public StreamWatcher {
 public:
  // `response` is valid until gRPC is done with the call.
  static grpc::ServerUnaryReactor* Start(std::shared_ptr<Core> core,
                                         grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer& request,
                                         grpc::ByteBuffer* response);

  void OnDone() override;

  void OnStreamChange() override { Answer(); }
  void Drain() override { Cut(server::DrainingError(0)); }

 private:
  UnaryRead(std::shared_ptr<Core> core, grpc::CallbackServerContext* context,
            grpc::ByteBuffer* response)
      : CallReactor(core->calls(), core->meter(), context, std::nullopt),
        core_(std::move(core)),
        response_(response),
        timer_(core_->clock()) {}
  std::shared_ptr<UnaryRead> self() {
    return std::static_pointer_cast<UnaryRead>(shared_from_this());
  }

  // Enters the call, and answers unless a fault has it otherwise.
  void Open(const grpc::ByteBuffer& request) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status OpenReader(const grpc::ByteBuffer& request) ABSL_LOCKS_EXCLUDED(mu_);
  // Lets a fault strike: an error is the answer, else fault_ may say more.
  absl::Status Strike(const std::string& basin, const std::string& stream);
  // Ends the call with what there is to be answered; if there is nothing yet, waits.
  void Answer() ABSL_LOCKS_EXCLUDED(mu_);
  void AnswerLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnTimer() ABSL_LOCKS_EXCLUDED(mu_);

  const std::shared_ptr<Core> core_;

  // Set by Open, before there is a reader.
  std::shared_ptr<Stream> stream_;
  FaultAction fault_;  // a delay, a silence, or a change of the answer

  grpc::ByteBuffer* const response_ ABSL_PT_GUARDED_BY(mu_);  // not touched once the call is ending
  std::optional<Reader> reader_ ABSL_GUARDED_BY(mu_);
  // When the delay that a fault orders, or the wait of the request, is over.
  internal::LazyTimer timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_UNARY_READ_H_
