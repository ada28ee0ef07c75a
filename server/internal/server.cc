// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/server.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace s2::server {
namespace {

// Above what any valid request takes, so that one over S2's limits is answered by S2's rules.
constexpr int kMaxMessageBytes = 16 * 1024 * 1024;

}  // namespace

Server::~Server() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

absl::Status Server::Start(const std::string& address) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  if (!address.empty()) {
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
  }
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
  if (server_ != nullptr) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot listen on \"", address,
                   "\": it must be HOST:PORT or unix:/PATH, and neither in use nor forbidden"));
}

std::shared_ptr<grpc::Channel> Server::InProcessChannel(
    const grpc::ChannelArguments& arguments,
    std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
        interceptors) {
  return server_->experimental().InProcessChannelWithInterceptors(arguments,
                                                                  std::move(interceptors));
}

}  // namespace s2::server
