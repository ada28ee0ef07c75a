// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/server.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/clock.h"
#include "s2/retry/internal/await_until.h"
#include "s2/retry/internal/background.h"

namespace s2::server {

Server::~Server() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  server_ = nullptr;
  if (goodbye_ == nullptr) return;
  grpc_completion_queue_shutdown(goodbye_->queue);
  {
    absl::MutexLock lock(&goodbye_->mu);
    goodbye_->mu.Await(absl::Condition(&goodbye_->thread_ended));
  }
  grpc_completion_queue_destroy(goodbye_->queue);
}

absl::Status Server::Start(const std::string& address,
                           std::shared_ptr<grpc::ServerCredentials> credentials) {
  const bool tls = credentials != nullptr;
  if (!tls) credentials = grpc::InsecureServerCredentials();
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(max_message_bytes_);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  if (!address.empty()) {
    builder.AddListeningPort(address, credentials, &port_);
  }
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
  if (server_ != nullptr) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot listen on \"", address,
                   "\": it must be HOST:PORT or unix:/PATH, and neither in use nor forbidden",
                   tls ? "; and the certificate, its key and the roots must be good" : ""));
}

void Server::SetServing(bool serving) {
  if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(serving);
}

void Server::Leave() {
  if (goodbye_ != nullptr) return;
  goodbye_ = std::make_shared<Goodbye>();
  internal::RunInBackground([goodbye = goodbye_] { AwaitGoodbye(*goodbye); });
  // grpc::Server::Shutdown would wait, and cancel; this returns when GOAWAY is on its way.
  grpc_server_shutdown_and_notify(server_->c_server(), goodbye_->queue, nullptr);
}

// Until the queue is shut down.
void Server::AwaitGoodbye(Goodbye& goodbye) {
  while (
      grpc_completion_queue_next(goodbye.queue, gpr_inf_future(GPR_CLOCK_REALTIME), nullptr).type !=
      GRPC_QUEUE_SHUTDOWN) {
    absl::MutexLock lock(&goodbye.mu);
    goodbye.left = true;
  }
  absl::MutexLock lock(&goodbye.mu);
  goodbye.thread_ended = true;
}

void Server::AwaitLeft(absl::Time deadline) {
  if (goodbye_ == nullptr) return;
  absl::MutexLock lock(&goodbye_->mu);
  internal::AwaitUntil(goodbye_->mu, absl::Condition(&goodbye_->left), *Clock::System(), deadline);
}

std::shared_ptr<grpc::Channel> Server::InProcessChannel(
    const grpc::ChannelArguments& arguments,
    std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
        interceptors) {
  return server_->experimental().InProcessChannelWithInterceptors(arguments,
                                                                  std::move(interceptors));
}

}  // namespace s2::server
