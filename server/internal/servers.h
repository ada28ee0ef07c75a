// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_SERVERS_H_
#define S2_SERVER_INTERNAL_SERVERS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/server/internal/server.h"
#include "s2/wire/limits.h"

namespace s2::server {

// All servers of the same services: one in this process, made at first use, and those that listen.
// Thread safe.
class Servers {
 public:
  // `max_message_bytes`: what a message from a client may take.
  explicit Servers(std::function<Services()> make_services,
                   int max_message_bytes = wire::kMaxMessageBytes)
      : make_services_(std::move(make_services)), max_message_bytes_(max_message_bytes) {}
  // Ends the servers and waits for the end of their calls; so not inside a gRPC reaction. Channels
  // that are left keep the server in process.
  ~Servers();
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;

  // A new channel, without a network.
  std::shared_ptr<grpc::Channel> InProcessChannel(
      const grpc::ChannelArguments& arguments,
      std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
          interceptors) ABSL_LOCKS_EXCLUDED(mu_);

  // Serves on "host:port" (port 0: any) or "unix:/path" too; without credentials in the clear.
  // Returns the port; 0 for a unix socket.
  absl::StatusOr<int> Listen(const std::string& address,
                             std::shared_ptr<grpc::ServerCredentials> credentials)
      ABSL_LOCKS_EXCLUDED(mu_);

  // What the health service says on all addresses, those to come too.
  void SetServing(bool serving) ABSL_LOCKS_EXCLUDED(mu_);

  // When Clock::System() has reached `when`, if any server listens: takes no more connections, and
  // tells those there are that their calls should go elsewhere; calls under way go on.
  void Leave(absl::Time when) ABSL_LOCKS_EXCLUDED(mu_);
  // After Leave: waits until those connections are closed, which their clients do, or
  // Clock::System() has reached `deadline`.
  void AwaitLeft(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mu_);

  // Breaks the connections of all servers that listen, and ends these servers; Listen may be called
  // again.
  void StopListening() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  std::vector<std::shared_ptr<Server>> Listeners() const ABSL_LOCKS_EXCLUDED(mu_);

  const std::function<Services()> make_services_;
  const int max_message_bytes_;

  mutable absl::Mutex mu_;
  std::shared_ptr<Server> in_process_ ABSL_GUARDED_BY(mu_);  // made at first use
  bool serving_ ABSL_GUARDED_BY(mu_) = true;
  std::vector<std::shared_ptr<Server>> listeners_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_SERVERS_H_
