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

// A connection of the pool, from its making to its end: the socket, the HTTP/2 on it, and the clock
// that ends both. On the pool's thread. Its pending operations keep it alive, the pool keeps it
// until it is closed.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Origin origin, Pool& pool);

  // Begins to connect. `expected_streams`: how many it may promise a place before the server has
  // said how many it allows.
  void Start(size_t expected_streams);
  // Takes a new stream, which waits until the connection is open. False: there is no place.
  bool Take(const std::shared_ptr<ClientStream>& stream);
  // Does what was asked for a stream of this connection.
  void Handle(ClientStream& stream, const ClientStream::Asked& asked);
  // Sends what there is to send, and looks what there is to do next.
  void Flush();
  // Ends it, and its streams with it.
  void Close(const absl::Status& error);

  const Origin& origin() const { return origin_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  enum class State {
    kConnecting,
    kGreeting,  // connected; the server has not said how it wants to be spoken to
    kOpen,
    kDraining,  // no new streams
    kLeaving,   // no streams
    kClosed,
  };

  void OnConnected(absl::StatusOr<std::unique_ptr<Socket>> socket);
  void Read();
  void OnRead(const asio::error_code& error, size_t size);
  bool Feed(size_t size);
  void OnGreeted();
  void Write();
  void OnWritten(const asio::error_code& error, size_t size);
  void Settle();
  void Leave();

  Time Deadline() const;
  void Arm();
  void OnTimer();
  bool Silent() const;

  void FailOpen(absl::string_view doing);
  void Fail(absl::string_view what);
  absl::Status Broken(absl::string_view what) const;

  const Origin origin_;
  const std::string peer_;
  Pool& pool_;
  State state_ = State::kConnecting;
  std::shared_ptr<Connector> connector_;
  std::unique_ptr<Socket> socket_;
  std::unique_ptr<Session> session_;
  // Streams that wait for the connection to open, and how many may.
  std::deque<std::shared_ptr<ClientStream>> waiting_;
  size_t expected_streams_ = 0;
  // What the server said first, and that it is HTTP/2: only then does nghttp2 get it, so that an
  // error can say what it was.
  std::string greeting_;
  bool recognised_ = false;
  std::vector<uint8_t> in_;
  OutQueue out_;
  bool writing_ = false;

  asio::steady_timer timer_;
  Time armed_ = Time::max();      // when the timer goes off
  bool busy_ = false;             // it has streams
  Time since_;                    // when it became busy, or idle, or began to connect or to leave
  Time heard_;                    // when anything last came from the server
  std::optional<Time> asked_at_;  // when, since then, a question was first put to it
  bool pinged_ = false;           // since then, it was asked for a sign of life
  Time pinged_at_;
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_CONNECTION_H_
