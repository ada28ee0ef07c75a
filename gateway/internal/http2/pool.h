// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_POOL_H_
#define S2_GATEWAY_INTERNAL_HTTP2_POOL_H_

#include <asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "s2/gateway/internal/http2/client_stream.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/http2/io_loop.h"
#include "s2/gateway/internal/http2/mailbox.h"
#include "s2/gateway/internal/http2/tls.h"

namespace s2::http2 {

class Connection;

// The connections of one client on one I/O thread, by the origin they go to. All functions are
// called on that thread, but for Make, mailbox and End. The client keeps the pool, and so do its
// connections, until the thread has ended them.
class Pool : public std::enable_shared_from_this<Pool> {
 public:
  static std::shared_ptr<Pool> Make(IoLoop& loop, std::shared_ptr<Tls> tls,
                                    const ClientOptions& options);

  // Where the streams of this pool leave word that verbs were called on them.
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  // Has the thread end all streams and connections soon. The pool takes no more.
  void End();

  IoLoop& loop() { return loop_; }
  asio::io_context& context() { return loop_.context(); }
  const std::shared_ptr<Tls>& tls() { return tls_; }
  const ClientOptions& options() const { return options_; }

  // Runs `work`, which handles something that has happened, and then does all that this leads to:
  // what the streams' events asked for by verbs, and the writing of what is to be sent. While that
  // does not end, other pools have their turns between. All that the pool does happens inside Run.
  void Run(absl::FunctionRef<void()> work);

  // The rest is for connections, inside Run.
  //
  // Finds a place for a new stream, on a new connection if need be.
  void Place(const std::shared_ptr<ClientStream>& stream);
  // Has Run call the connection's Flush.
  void Touch(std::shared_ptr<Connection> connection);
  // The server of this origin allows so many streams on a connection.
  void Learn(const Origin& origin, size_t streams);
  // A connection to this origin, made at this time, is advised to be left. Is the advice to be
  // followed now?
  bool FollowAdvice(const Origin& origin, std::chrono::steady_clock::time_point made_at);
  // The connection is closed and is dropped from the pool.
  void Forget(const Connection& connection);

 private:
  struct Site {
    std::vector<std::shared_ptr<Connection>> connections;  // oldest first
    size_t streams;  // the most that one of them takes, as far as that is known
  };

  Pool(IoLoop& loop, std::shared_ptr<Tls> tls, const ClientOptions& options);

  // Has the thread call Run soon. Thread safe.
  void PostRun();
  void Handle(const std::shared_ptr<ClientStream>& stream);
  void Shutdown();

  IoLoop& loop_;
  const std::shared_ptr<Tls> tls_;
  const ClientOptions options_;
  std::shared_ptr<Mailbox> mailbox_;  // set by Make
  // The origins to which there are connections.
  std::map<Origin, Site> sites_;
  // When advice of an origin's server was last followed, if that is not long ago.
  std::map<Origin, std::chrono::steady_clock::time_point> advised_;
  std::vector<std::shared_ptr<Connection>> touched_;
  bool shut_down_ = false;
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_POOL_H_
