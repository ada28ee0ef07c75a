// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_SERVER_H_
#define S2_SERVER_INTERNAL_SERVER_H_

#include <grpc/grpc.h>
#include <grpcpp/channel.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/support/client_interceptor.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/wire/limits.h"

namespace s2::server {

// The services of one server. gRPC wants each server to have its own.
using Services = std::vector<std::unique_ptr<grpc::Service>>;

// A gRPC server of ours. Its destructor breaks its connections and waits for the end of its calls.
class Server {
 public:
  explicit Server(Services services, int max_message_bytes = wire::kMaxMessageBytes)
      : services_(std::move(services)), max_message_bytes_(max_message_bytes) {}
  ~Server();

  // Begins to serve; on `address` too, unless it is empty; without credentials in the clear.
  absl::Status Start(const std::string& address,
                     std::shared_ptr<grpc::ServerCredentials> credentials);

  // What the health service says, where it is enabled.
  void SetServing(bool serving);

  // Takes no more connections, and tells those there are that their calls should go elsewhere;
  // calls under way go on.
  void Leave();
  // After Leave: waits until all connections are closed, which their clients do, or Clock::System()
  // has reached `deadline`.
  void AwaitLeft(absl::Time deadline);

  // The port that the server listens on; 0: it listens on none.
  int port() const { return port_; }

  std::shared_ptr<grpc::Channel> InProcessChannel(
      const grpc::ChannelArguments& arguments,
      std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
          interceptors);

 private:
  // How gRPC says that no connection is left. A thread waits for it, and without a deadline: gRPC's
  // own waits with one follow the wall clock.
  struct Goodbye {
    grpc_completion_queue* const queue = grpc_completion_queue_create_for_next(nullptr);
    absl::Mutex mu;
    bool left ABSL_GUARDED_BY(mu) = false;
    bool thread_ended ABSL_GUARDED_BY(mu) = false;  // after which the queue is used no more
  };
  static void AwaitGoodbye(Goodbye& goodbye);

  const Services services_;
  const int max_message_bytes_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  // Made by Leave.
  std::shared_ptr<Goodbye> goodbye_;
};

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_SERVER_H_
