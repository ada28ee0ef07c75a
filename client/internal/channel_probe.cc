// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/channel_probe.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <utility>

namespace s2::internal {
namespace {

// It lives until gRPC is done with it, since the call's end holds it.
struct Probe {
  explicit Probe(std::shared_ptr<grpc::Channel> channel)
      : channel(channel), stub(std::move(channel)) {}

  // Declared before the context, and so destroyed after it.
  const std::shared_ptr<grpc::Channel> channel;
  grpc::GenericStub stub;
  grpc::ClientContext context;
  // An empty message: the health of the whole server.
  const grpc::ByteBuffer request{nullptr, 0};
  grpc::ByteBuffer response;
  std::unique_ptr<Timer> timer;
  absl::AnyInvocable<void(bool answered)> done;
};

}  // namespace

void ProbeChannel(std::shared_ptr<grpc::Channel> channel, Clock& clock, absl::Duration patience,
                  absl::AnyInvocable<void(bool answered)> done) {
  auto probe = std::make_shared<Probe>(std::move(channel));
  probe->done = std::move(done);
  // The end of the call takes the timer away, so it is set before the call begins.
  probe->timer = clock.CallAt(clock.Now() + patience, [weak = std::weak_ptr<Probe>(probe)] {
    if (const auto late = weak.lock()) late->context.TryCancel();
  });
  Probe& begun = *probe;
  begun.stub.UnaryCall(&begun.context, "/grpc.health.v1.Health/Check", grpc::StubOptions(),
                       &begun.request, &begun.response,
                       [probe = std::move(probe)](const grpc::Status& status) {
                         probe->timer = nullptr;
                         probe->done(IsAnswer(static_cast<absl::StatusCode>(status.error_code())));
                       });
}

bool IsAnswer(absl::StatusCode code) {
  return code != absl::StatusCode::kUnavailable && code != absl::StatusCode::kCancelled &&
         code != absl::StatusCode::kDeadlineExceeded;
}

}  // namespace s2::internal
