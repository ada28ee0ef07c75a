// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_CLIENT_STREAM_H_
#define S2_GATEWAY_INTERNAL_HTTP2_CLIENT_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/http2/mailbox.h"
#include "s2/gateway/internal/http2/out_queue.h"
#include "s2/server/internal/held_bytes.h"

namespace s2::http2 {

class Connection;

// A stream of the client. The verbs, which any thread calls, are noted until its I/O thread looks;
// the rest is that thread's alone, and is where events come from.
class ClientStream : public Stream, public std::enable_shared_from_this<ClientStream> {
 public:
  // What the verbs asked for.
  struct Asked {
    bool written = false;
    size_t consumed = 0;
    bool cancelled = false;
  };

  // Uses stream_window and write_buffer.
  ClientStream(Request request, std::shared_ptr<StreamEvents> events,
               std::shared_ptr<Mailbox> mailbox, const ClientOptions& options);

  // Hands it to its I/O thread. Once, first.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);

  bool Write(std::vector<grpc::Slice> body, bool end) override ABSL_LOCKS_EXCLUDED(mu_);
  void Consume(size_t size) override ABSL_LOCKS_EXCLUDED(mu_);
  void Cancel() override ABSL_LOCKS_EXCLUDED(mu_);

  // From here on: on the I/O thread only.

  const Request& request() const { return request_; }
  bool closed() const { return events_ == nullptr; }

  // What was asked for since the last call. What was written is kept here, and what was consumed
  // until it is worth telling the server.
  Asked TakeAsked() ABSL_LOCKS_EXCLUDED(mu_);

  // The body: how much of it is here, is that the end, and some of it for the connection.
  size_t body_size() const { return body_size_; }
  bool body_ended() const { return body_ended_; }
  void TakeBody(size_t size, OutQueue& out) ABSL_LOCKS_EXCLUDED(mu_);

  // The answer, in order. A field of a head: false when the head becomes too large.
  bool AddHeader(absl::string_view name, absl::string_view value);
  void EndHead();
  void AddData(const uint8_t* data, size_t size);
  // How much of `size` there was to be consumed.
  size_t TakeConsumed(size_t size);
  // The end.
  void Close(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  // The server has begun its final answer.
  bool answered() const { return answered_; }

  // The connection's notes.
  Connection* connection = nullptr;  // that it waits for or is on
  int32_t id = 0;                    // there, once it is open
  bool sent = false;                 // the server may have the head
  bool body_sent = false;            // to the end
  bool reset = false;                // by the server

 private:
  void AskLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::shared_ptr<Mailbox> mailbox_;
  const size_t write_buffer_;
  // The server is told of what was consumed when it is this much.
  const size_t tell_consumed_;

  const Request request_;
  std::shared_ptr<StreamEvents> events_;
  std::deque<grpc::Slice> body_;
  size_t body_begin_ = 0;  // of the first slice
  size_t body_size_ = 0;
  bool body_ended_ = false;
  Response head_;
  size_t head_size_ = 0;
  bool answered_ = false;
  size_t unconsumed_ = 0;

  absl::Mutex mu_;
  // It is in the mailbox, with what follows.
  bool in_mailbox_ ABSL_GUARDED_BY(mu_) = false;
  Asked asked_ ABSL_GUARDED_BY(mu_);
  std::vector<grpc::Slice> written_ ABSL_GUARDED_BY(mu_);
  bool end_written_ ABSL_GUARDED_BY(mu_) = false;
  // Bytes written and not taken by the connection.
  server::Holding waiting_ ABSL_GUARDED_BY(mu_);
  // A Write found no room, and OnDrained is owed.
  bool full_ ABSL_GUARDED_BY(mu_) = false;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_CLIENT_STREAM_H_
