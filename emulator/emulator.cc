// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/emulator.h"

#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>

#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "s2/emulator/internal/core.h"
#include "s2/emulator/internal/server.h"

namespace s2 {
namespace {

double Draw() {
  thread_local absl::BitGen generator;
  return absl::Uniform<double>(generator, 0.0, 1.0);
}

// True while this thread destroys an emulator, and so may wait for gRPC.
thread_local bool may_wait = false;

// Destroys the server that serves in process. The last channel may go inside a reaction, where
// nobody may wait.
void Destroy(emulator::Server* server) {
  if (may_wait) {
    delete server;
  } else {
    std::thread([server] { delete server; }).detach();
  }
}

}  // namespace

Emulator::Emulator(EmulatorOptions options)
    : core_(std::make_shared<emulator::Core>(
          options.clock != nullptr ? std::move(options.clock) : Clock::System(),
          options.random != nullptr ? std::move(options.random) : Draw, options.max_memory_bytes,
          options.deletion_hold)) {}

Emulator::~Emulator() {
  core_->Stop();
  StopListening();
  may_wait = true;
  {
    absl::MutexLock lock(&mu_);
    in_process_ = nullptr;
  }
  may_wait = false;
}

std::shared_ptr<grpc::Channel> Emulator::InProcessChannel() {
  return InProcessChannel(grpc::ChannelArguments(), {});
}

std::shared_ptr<grpc::Channel> Emulator::InProcessChannel(
    const grpc::ChannelArguments& arguments,
    std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
        interceptors) {
  absl::MutexLock lock(&mu_);
  if (in_process_ == nullptr) {
    in_process_ = std::shared_ptr<emulator::Server>(new emulator::Server(core_), Destroy);
    in_process_->Start("").IgnoreError();
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

absl::StatusOr<int> Emulator::Listen(const std::string& address) {
  auto server = std::make_unique<emulator::Server>(core_);
  if (absl::Status s = server->Start(address); !s.ok()) return s;
  const int port = absl::StartsWith(address, "unix:") ? 0 : server->port();
  absl::MutexLock lock(&mu_);
  listeners_.push_back(std::move(server));
  return port;
}

void Emulator::StopListening() {
  std::vector<std::unique_ptr<emulator::Server>> listeners;
  {
    absl::MutexLock lock(&mu_);
    listeners.swap(listeners_);
  }
}

Faults& Emulator::faults() { return core_->faults(); }

void Emulator::Drain(absl::Time deadline) { core_->Drain(deadline); }

EmulatorStats Emulator::stats() const {
  const emulator::Memory& memory = core_->memory();
  return {memory.held(), memory.records(), memory.metered()};
}

}  // namespace s2
