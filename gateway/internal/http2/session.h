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

// HTTP/2 on one connection, on nghttp2, without the connection: bytes in, bytes out, and the events
// of its streams, which come inside Feed, Pull and the ends only. On one thread.
//
// What the server sends is bounded by each stream's own window, which only consuming opens again;
// that of the connection never binds, so no stream that is not read stops the others. What it takes
// is shared by Greedy.
class Session {
 public:
  // `peer` names the server in errors.
  Session(std::string peer, const ClientOptions& options);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Bytes from the server. An error: the connection is of no more use.
  absl::Status Feed(const uint8_t* data, size_t size);
  // Adds what is to be sent, until some hundred KiB are there. Errors as in Feed.
  absl::Status Pull(OutQueue& out);

  // Has Pull, since the last call, added what a server has to answer?
  bool TakeAsked() { return std::exchange(asked_, false); }

  // The server has said how it wants to be spoken to; no stream before that.
  bool greeted() const { return greeted_; }
  // It wants no new streams, or there are no numbers for them.
  bool draining() const { return draining_; }
  // It has left, or we have: once all is sent, there is nothing more to do.
  bool finished() const;
  // What it said when it left, or what was wrong with what it said; empty: nothing.
  const std::string& farewell() const { return farewell_; }
  // Open streams, and the most there may be.
  size_t streams() const { return streams_.size(); }
  size_t limit() const;

  // A new stream. False: draining.
  bool Open(const std::shared_ptr<ClientStream>& stream);
  // There is more of its body, or its end.
  void Resume(const ClientStream& stream);
  void Consume(ClientStream& stream, size_t size);
  // Gives it up, with this error.
  void Cancel(ClientStream& stream, const absl::Status& error);

  // Asks the server for a sign of life.
  void Ping();
  // Takes leave.
  void Leave();
  // Ends all streams; the connection is gone.
  void Close(const absl::Status& error);

 private:
  struct Callbacks;

  // nghttp2's callbacks.
  void OnFrameReceived(const nghttp2_frame& frame);
  void OnFrameToSend(const nghttp2_frame& frame);
  bool OnHeader(int32_t id, absl::string_view name, absl::string_view value);
  void OnData(int32_t id, const uint8_t* data, size_t size);
  void OnStreamEnd(int32_t id);
  void OnStreamClosed(int32_t id, uint32_t error_code);
  ssize_t OnBodyWanted(int32_t id, size_t size, uint32_t* flags);
  void OnBodyTaken(const nghttp2_frame& frame, const uint8_t* frame_header, size_t size);

  ClientStream* Find(int32_t id) const;
  bool Greedy(int32_t id) const;
  void ResumeGreedy();
  absl::Status Broken(absl::string_view what) const;

  const std::string peer_;
  const size_t max_streams_;
  std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> session_;
  absl::flat_hash_map<int32_t, std::shared_ptr<ClientStream>> streams_;
  // Streams whose body waits because of Greedy.
  absl::flat_hash_set<int32_t> greedy_;
  // The largest send window that the connection had.
  int32_t widest_ = 0;
  // During Pull.
  OutQueue* out_ = nullptr;
  bool asked_ = false;
  bool greeted_ = false;
  bool draining_ = false;
  std::string farewell_;
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_SESSION_H_
