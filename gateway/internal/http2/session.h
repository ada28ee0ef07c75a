// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_SESSION_H_
#define S2_GATEWAY_INTERNAL_HTTP2_SESSION_H_

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "s2/gateway/internal/http2/client_stream.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/http2/out_queue.h"

namespace s2::http2 {

// HTTP/2 on one connection, on nghttp2, without the connection itself: bytes of the server go in,
// bytes for it come out, and the events of the streams come inside Feed, Pull, Open, Cancel and
// Close. Used on one thread.
//
// What the server may send is bounded by the window of each stream, which opens again only as the
// stream's caller consumes. The connection's own window is so large that it never binds; so a
// stream that is not consumed stops no other. What the server takes of all streams together is
// bounded by the window that it gives the connection; so that no stream fills that alone, a stream
// whose share of it is Greedy waits.
class Session {
 public:
  // `peer` names the server in errors.
  Session(std::string peer, const ClientOptions& options);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Takes bytes from the server. After an error the connection is of no more use.
  absl::Status Feed(const uint8_t* data, size_t size);
  // Adds what is to be sent to `out`, until that has some hundred KiB. Errors as in Feed.
  absl::Status Pull(OutQueue& out);

  // Has Pull, since the last TakeAsked, added something that a server has to answer?
  bool TakeAsked() { return std::exchange(asked_, false); }

  // The server's SETTINGS have come. No stream may be opened before.
  bool greeted() const { return greeted_; }
  // No new stream can be opened: the server wants none, or there are no numbers left for them.
  bool draining() const { return draining_; }
  // The server or we have ended the connection: once all is sent, there is nothing more to do.
  bool finished() const;
  // What the server said when it left, or what was wrong with what it sent; empty: neither.
  const std::string& farewell() const { return farewell_; }
  // How many streams are open, and the most that may be.
  size_t streams() const { return streams_.size(); }
  size_t limit() const;

  // Sends the head of the stream's request. A request that HTTP forbids ends its stream with an
  // error. False: nothing was done, and the session is draining.
  bool Open(const std::shared_ptr<ClientStream>& stream);
  // There is more of the body of the stream's request, or its end.
  void Resume(const ClientStream& stream);
  // Lets the server send as much again as the stream's caller has consumed.
  void Consume(ClientStream& stream, size_t size);
  // Gives the stream up, and ends it with this error.
  void Cancel(ClientStream& stream, const absl::Status& error);

  // Asks the server for a sign of life.
  void Ping();
  // Tells the server that we leave.
  void Leave();
  // The connection is gone: ends all streams with this error.
  void Close(const absl::Status& error);

 private:
  struct Callbacks;

  // What Callbacks, nghttp2's functions in C, call.
  void OnFrameReceived(const nghttp2_frame& frame);
  void OnFrameToSend(const nghttp2_frame& frame);
  bool OnHeader(int32_t id, absl::string_view name, absl::string_view value);
  void OnData(int32_t id, const uint8_t* data, size_t size);
  void OnStreamEnd(int32_t id);
  void OnStreamClosed(int32_t id, uint32_t error_code);
  ssize_t OnBodyWanted(int32_t id, size_t size, uint32_t* flags);
  void OnBodyTaken(const nghttp2_frame& frame, const uint8_t* frame_header, size_t size);

  ClientStream* Find(int32_t id) const;
  // Would the stream, with more of its body sent, take too much of the connection's window from the
  // others? A server's window for a connection is often no larger than that for a stream; so one
  // stream that the server does not read could fill it, and stop all. Hence no stream may have more
  // than kGreed times as much on its way as is free: 8/9 of a window that it has to itself.
  bool Greedy(int32_t id) const;
  // Tries the streams again that waited because they were greedy.
  void ResumeGreedy();
  absl::Status Broken(absl::string_view what) const;

  const std::string peer_;
  const size_t max_streams_;
  std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> session_;
  absl::flat_hash_map<int32_t, std::shared_ptr<ClientStream>> streams_;
  // The streams whose body waits because they were greedy.
  absl::flat_hash_set<int32_t> greedy_;
  // The largest window that the server has given the connection.
  int32_t widest_ = 0;
  OutQueue* out_ = nullptr;  // where Pull, while it runs, adds
  bool asked_ = false;       // see TakeAsked
  bool greeted_ = false;
  bool draining_ = false;
  std::string farewell_;
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_SESSION_H_
