// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/servers.h"

#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "s2/retry/clock.h"
#include "s2/retry/internal/background.h"

namespace s2::server {
namespace {

// True while this thread is in the destructor of Servers, which may wait for gRPC.
thread_local bool may_wait = false;

// Destroys the server that serves in process. The last channel that keeps it may be destroyed
// inside a reaction of gRPC, where nobody may wait for gRPC: then it is done in the background.
void Destroy(Server* server) {
  if (may_wait) {
    delete server;
  } else {
    internal::RunInBackground([server] { delete server; });
  }
}

}  // namespace

Servers::~Servers() {
  StopListening();
  may_wait = true;
  {
    absl::MutexLock lock(&mu_);
    in_process_ = nullptr;
  }
  may_wait = false;
}

std::shared_ptr<grpc::Channel> Servers::InProcessChannel(
    const grpc::ChannelArguments& arguments,
    std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
        interceptors) {
  absl::MutexLock lock(&mu_);
  if (in_process_ == nullptr) {
    in_process_ =
        std::shared_ptr<Server>(new Server(make_services_(), max_message_bytes_), Destroy);
    in_process_->Start("", nullptr).IgnoreError();
  }
  std::shared_ptr<grpc::Channel> channel =
      in_process_->InProcessChannel(arguments, std::move(interceptors));
  grpc::Channel* const raw = channel.get();
  // gRPC crashes when a channel is used after its server: the channel keeps the server.
  return std::shared_ptr<grpc::Channel>(
      raw, [server = in_process_, channel = std::move(channel)](grpc::Channel*) mutable {
        channel = nullptr;
        server = nullptr;
      });
}

absl::StatusOr<int> Servers::Listen(const std::string& address,
                                    std::shared_ptr<grpc::ServerCredentials> credentials) {
  auto server = std::make_shared<Server>(make_services_(), max_message_bytes_);
  if (absl::Status s = server->Start(address, std::move(credentials)); !s.ok()) return s;
  const int port = absl::StartsWith(address, "unix:") ? 0 : server->port();
  absl::MutexLock lock(&mu_);
  server->SetServing(serving_);
  listeners_.push_back(std::move(server));
  return port;
}

void Servers::SetServing(bool serving) {
  absl::MutexLock lock(&mu_);
  serving_ = serving;
  for (const auto& server : listeners_) server->SetServing(serving);
}

void Servers::Leave(absl::Time when) {
  const std::vector<std::shared_ptr<Server>> listeners = Listeners();
  // Clients come back meanwhile, and nothing here can tell when they have. drain.cc says why.
  if (!listeners.empty()) absl::SleepFor(when - Clock::System()->Now());
  for (const auto& server : listeners) server->Leave();
}

void Servers::AwaitLeft(absl::Time deadline) {
  for (const auto& server : Listeners()) server->AwaitLeft(deadline);
}

std::vector<std::shared_ptr<Server>> Servers::Listeners() const {
  absl::MutexLock lock(&mu_);
  return listeners_;
}

void Servers::StopListening() {
  std::vector<std::shared_ptr<Server>> listeners;
  {
    absl::MutexLock lock(&mu_);
    listeners.swap(listeners_);
  }
}

}  // namespace s2::server
