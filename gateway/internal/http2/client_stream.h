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

// A stream of the pooled client. A verb, which any thread may call, only notes under the mutex what
// it asks for and leaves the stream in the mailbox of its I/O thread; that thread takes the note,
// does what it says and makes the events. So of the functions below, only the verbs and Start may
// be called elsewhere than on the I/O thread.
//
// The stream is kept by the mailbox, by the connection that it waits for, and by the session that
// it is open on; it keeps its events until Close.
class ClientStream : public Stream, public std::enable_shared_from_this<ClientStream> {
 public:
  // What the verbs asked for since the I/O thread last looked.
  struct Asked {
    bool written = false;  // there is more of the body, or its end
    size_t consumed = 0;
    bool cancelled = false;
  };

  // Of the options, it uses stream_window, write_buffer and held.
  ClientStream(Request request, std::shared_ptr<StreamEvents> events,
               std::shared_ptr<Mailbox> mailbox, const ClientOptions& options);

  // Hands the stream to its I/O thread. Called once, before any verb.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);

  bool Write(std::vector<grpc::Slice> body, bool end) override ABSL_LOCKS_EXCLUDED(mu_);
  void Consume(size_t size) override ABSL_LOCKS_EXCLUDED(mu_);
  void Cancel() override ABSL_LOCKS_EXCLUDED(mu_);
  bool RetireConnection(bool advised) override;

  // All that follows is called on the I/O thread only.

  const Request& request() const { return request_; }
  bool closed() const { return events_ == nullptr; }

  // What was asked for since the last call. What was written is kept here, and what was consumed
  // until it is worth telling the server.
  Asked TakeAsked() ABSL_LOCKS_EXCLUDED(mu_);

  // The part of the request's body that has been taken over from Write: its size, and whether the
  // end is here too. TakeBody moves the first `size` bytes of it to `out`.
  size_t body_size() const { return body_size_; }
  bool body_ended() const { return body_ended_; }
  void TakeBody(size_t size, OutQueue& out) ABSL_LOCKS_EXCLUDED(mu_);

  // The answer, in the order in which it comes: the fields of a head, the head's end, and data.
  // AddHeader returns false when the head becomes too large.
  bool AddHeader(absl::string_view name, absl::string_view value);
  void EndHead();
  void AddData(const uint8_t* data, size_t size);
  // The caller consumed `size` bytes; returns how many of them the server had sent.
  size_t TakeConsumed(size_t size);
  // Ends the stream with this status, unless it has ended.
  void Close(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  // The server has begun its final answer.
  bool answered() const { return answered_; }

  // What the connection that the stream is on notes about it.
  Connection* connection = nullptr;  // the one that the stream waits for or is open on
  int32_t id = 0;                    // the stream's number there, once it is open
  bool sent = false;                 // the server may have the head of the request
  bool body_sent = false;            // the whole body has been sent
  bool reset = false;                // the server has sent RST_STREAM

 private:
  // Sees to it that the I/O thread looks at the stream.
  void AskLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::shared_ptr<Mailbox> mailbox_;
  const size_t write_buffer_;
  // The server is told how much of the answer was consumed whenever it is as much as this.
  const size_t tell_consumed_;

  // The I/O thread's own, but for the constant request.
  const Request request_;
  std::shared_ptr<StreamEvents> events_;  // null: the stream has ended
  std::deque<grpc::Slice> body_;          // of the request: what the connection has not taken
  size_t body_begin_ = 0;                 // where what was not taken begins in the first slice
  size_t body_size_ = 0;                  // bytes not taken
  bool body_ended_ = false;               // body_ has the end of the request's body
  Response head_;                         // of the answer, as far as it has come
  size_t head_size_ = 0;
  bool answered_ = false;
  size_t unconsumed_ = 0;  // bytes of the answer that came and were not consumed

  absl::Mutex mu_;
  // The stream is in the mailbox, or the I/O thread is about to take what follows.
  bool in_mailbox_ ABSL_GUARDED_BY(mu_) = false;
  Asked asked_ ABSL_GUARDED_BY(mu_);
  // What was written since the I/O thread last looked, and whether the end has been written.
  std::vector<grpc::Slice> written_ ABSL_GUARDED_BY(mu_);
  bool end_written_ ABSL_GUARDED_BY(mu_) = false;
  // The bytes that were written and not taken by the connection: written_ and body_.
  server::Holding waiting_ ABSL_GUARDED_BY(mu_);
  // A Write found no room, and OnDrained is owed.
  bool full_ ABSL_GUARDED_BY(mu_) = false;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

// How a stream ends that its caller has cancelled.
absl::Status CancelledByCaller();

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_CLIENT_STREAM_H_
