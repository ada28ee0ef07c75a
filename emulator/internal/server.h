// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_SERVER_H_
#define S2_EMULATOR_INTERNAL_SERVER_H_

#include <grpcpp/channel.h>
#include <grpcpp/server.h>
#include <grpcpp/support/client_interceptor.h>

#include <memory>
#include <string>
#include <vector>

#include "s2/emulator/internal/services.h"

namespace s2::emulator {

// A gRPC server over a core. Its destructor breaks its connections and waits for the end of its
// calls.
class Server {
 public:
  explicit Server(const std::shared_ptr<Core>& core)
      : stream_service_(core), basin_service_(core), account_service_(core) {}
  ~Server();

  // Begins to serve; on `address` too, unless it is empty.
  absl::Status Start(const std::string& address);

  // The port that it listens on; 0 for none.
  int port() const { return port_; }

  std::shared_ptr<grpc::Channel> InProcessChannel(
      const grpc::ChannelArguments& arguments,
      std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
          interceptors);

 private:
  StreamService stream_service_;
  BasinService basin_service_;
  AccountService account_service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_SERVER_H_
