// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_POOL_H_
#define S2_GATEWAY_INTERNAL_HTTP2_POOL_H_

#include <asio/io_context.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "s2/gateway/internal/http2/client_stream.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/http2/mailbox.h"
#include "s2/gateway/internal/http2/tls.h"

namespace s2::http2 {

class Connection;

// The connections of one I/O thread, on which all of it happens. No handler may run after its end.
class Pool {
 public:
  Pool(asio::io_context& context, std::shared_ptr<Tls> tls, const ClientOptions& options,
       std::shared_ptr<Mailbox> mailbox);

  asio::io_context& context() { return context_; }
  Tls& tls() { return *tls_; }
  const ClientOptions& options() const { return options_; }

  // Does `work`, what an event is about, and then all that it leads to: verbs that events called,
  // bytes to be sent. All that happens on the thread happens in here.
  void Run(absl::FunctionRef<void()> work);
  // Ends everything. Within Run.
  void Shutdown();

  // For connections, within Run.

  // Finds a place for a new stream, on a new connection if need be.
  void Place(const std::shared_ptr<ClientStream>& stream);
  // The connection will have to Flush.
  void Touch(std::shared_ptr<Connection> connection);
  // The server allows this many streams a connection.
  void Learn(const Origin& origin, size_t streams);
  // The connection is closed.
  void Forget(const Connection& connection);

 private:
  struct Site {
    std::vector<std::shared_ptr<Connection>> connections;  // oldest first
    size_t streams;                                        // that one can take, as far as known
  };

  void Handle(const std::shared_ptr<ClientStream>& stream);

  asio::io_context& context_;
  const std::shared_ptr<Tls> tls_;
  const ClientOptions options_;
  const std::shared_ptr<Mailbox> mailbox_;
  // Those with connections.
  std::map<Origin, Site> sites_;
  std::vector<std::shared_ptr<Connection>> touched_;
  bool shut_down_ = false;
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_POOL_H_
