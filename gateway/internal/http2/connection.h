// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_CONNECTION_H_
#define S2_GATEWAY_INTERNAL_HTTP2_CONNECTION_H_

#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/gateway/internal/http2/client_stream.h"
#include "s2/gateway/internal/http2/connector.h"
#include "s2/gateway/internal/http2/out_queue.h"
#include "s2/gateway/internal/http2/session.h"
#include "s2/gateway/internal/http2/socket.h"

namespace s2::http2 {

class Pool;

// A connection of the pool, from its making to its end. It joins the socket (which a Connector
// makes), the HTTP/2 on it (a Session) and the deadlines that end both: to connect, to hear from
// the server, to be idle.
//
// All of it happens on the pool's thread. The pool keeps a connection until it is closed; beyond
// that, handlers of operations that are still pending keep it alive, with the pool, and do nothing.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Origin origin, Pool& pool);

  // Begins to connect. Until the server has said how many streams it allows, the connection takes
  // `expected_streams`, which wait.
  void Start(size_t expected_streams);
  // Takes a new stream, which may have to wait until the connection is open. False: the connection
  // has no place for it.
  bool Take(const std::shared_ptr<ClientStream>& stream);
  // Does what the verbs of a stream on this connection asked for.
  void Handle(ClientStream& stream, const ClientStream::Asked& asked);
  // See Stream::RetireConnection.
  bool Retire(bool advised);
  // Begins to write what HTTP/2 has to send, and ends a connection that has nothing more to do.
  void Flush();
  // Ends the connection, and with it its streams, with this error.
  void Close(const absl::Status& error);

  const Origin& origin() const { return origin_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  enum class State {
    kConnecting,
    kGreeting,  // connected; the server has not said how it wants to be spoken to
    kOpen,
    kDraining,  // no new streams
    kLeaving,   // without streams, until the server has heard that we leave
    kClosed,
  };

  // In the order in which they happen.
  void OnConnected(absl::StatusOr<std::unique_ptr<Socket>> socket);
  void Read();
  void OnRead(const asio::error_code& error, size_t size);
  // Gives HTTP/2 the first `size` bytes of in_. False: the connection is closed.
  bool Feed(size_t size);
  void OnGreeted();
  void Write();
  void OnWritten(const asio::error_code& error, size_t size);
  // Looks whether the connection has become busy, idle or useless.
  void Settle();
  void Leave();

  // When the connection is to do something if nothing comes from the server.
  Time Deadline() const;
  // Sees to it that the timer goes off at Deadline. It may do so earlier, where the deadline has
  // moved away, but never later.
  void Arm();
  void OnTimer();
  // Has the server left a question open for longer than ClientOptions::silence? Then who gives up a
  // stream may do so because of the connection, and another stream would fare no better.
  bool Silent() const;

  void FailOpen(absl::string_view doing);
  void Fail(absl::string_view what);
  absl::Status Broken(absl::string_view what) const;

  const Origin origin_;
  const std::string peer_;
  Pool& pool_;
  const std::shared_ptr<Pool> keep_pool_;
  const Time made_at_;
  State state_ = State::kConnecting;
  std::shared_ptr<Connector> connector_;
  std::unique_ptr<Socket> socket_;
  std::unique_ptr<Session> session_;
  // The streams that wait for the connection to open, and the most that may.
  std::deque<std::shared_ptr<ClientStream>> waiting_;
  size_t expected_streams_ = 0;
  // What the server said first, and whether that was recognised as HTTP/2. nghttp2 gets nothing
  // before, so that an error can quote a server that speaks something else.
  std::string greeting_;
  bool recognised_ = false;
  std::vector<uint8_t> in_;
  OutQueue out_;
  bool writing_ = false;

  asio::steady_timer timer_;
  Time armed_ = Time::max();      // when the timer goes off
  bool busy_ = false;             // the connection has streams
  Time since_;                    // when it became busy, became idle, began to connect or to leave
  Time heard_;                    // when anything last came from the server
  std::optional<Time> asked_at_;  // when, since heard_, something was first sent that it answers
  bool pinged_ = false;           // since heard_, the server was asked for a sign of life
  Time pinged_at_;                // when that was
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_CONNECTION_H_
