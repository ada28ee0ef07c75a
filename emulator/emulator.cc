// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/emulator.h"

#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>

#include <utility>

#include "s2/emulator/internal/core.h"
#include "s2/emulator/internal/services.h"
#include "s2/retry/internal/forked.h"
#include "s2/retry/internal/random.h"
#include "s2/server/internal/drain.h"
#include "s2/server/internal/servers.h"

namespace s2 {
namespace {

server::Services MakeServices(const std::shared_ptr<emulator::Core>& core) {
  server::Services services;
  services.push_back(emulator::MakeStreamService(core));
  services.push_back(emulator::MakeBasinService(core));
  services.push_back(emulator::MakeAccountService(core));
  return services;
}

}  // namespace

Emulator::Emulator(EmulatorOptions options)
    : core_(std::make_shared<emulator::Core>(
          options.clock != nullptr ? std::move(options.clock) : Clock::System(),
          options.random != nullptr ? std::move(options.random) : internal::DrawNumber,
          options.max_memory_bytes, options.deletion_hold)),
      servers_(std::make_shared<server::Servers>([core = core_] { return MakeServices(core); })) {}

Emulator::~Emulator() {
  if (internal::Forked()) {
    internal::Leak(core_);
    internal::Leak(servers_);
    return;
  }
  core_->calls().Stop();
}

std::shared_ptr<grpc::Channel> Emulator::InProcessChannel() {
  return InProcessChannel(grpc::ChannelArguments(), {});
}

std::shared_ptr<grpc::Channel> Emulator::InProcessChannel(
    const grpc::ChannelArguments& arguments,
    std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
        interceptors) {
  if (!internal::BeginUse().ok()) return nullptr;
  return servers_->InProcessChannel(arguments, std::move(interceptors));
}

absl::StatusOr<int> Emulator::Listen(const std::string& address,
                                     std::shared_ptr<grpc::ServerCredentials> credentials) {
  if (absl::Status s = internal::BeginUse(); !s.ok()) return s;
  return servers_->Listen(address, std::move(credentials));
}

void Emulator::StopListening() {
  if (!internal::Forked()) servers_->StopListening();
}

Faults& Emulator::faults() { return core_->faults(); }

void Emulator::SetServing(bool serving) { servers_->SetServing(serving); }

void Emulator::Drain(absl::Time deadline) {
  if (!internal::Forked()) server::Drain(*servers_, core_->calls(), deadline);
}

server::Meter& Emulator::meter() { return core_->meter(); }

EmulatorStats Emulator::stats() const {
  const emulator::Memory& memory = core_->memory();
  return {memory.held(), memory.records(), memory.metered()};
}

}  // namespace s2
