// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_S2S_STREAM_H_
#define S2_GATEWAY_INTERNAL_S2S_STREAM_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/s2s/frame.h"
#include "s2/retry/clock.h"

namespace s2::gateway {

// The content type of a session's request and of its answer.
inline constexpr char kS2sContentType[] = "s2s/proto";

// How much of the stream's window a frame has taken.
inline size_t SizeOnWire(const Frame& frame) { return 4 + frame.body.size(); }

// What S2 says on a session. Events come one after another, on a thread of the HTTP client, never
// inside a verb of the stream; they must not block.
class S2sEvents {
 public:
  virtual ~S2sEvents() = default;

  // S2 has accepted the session. No other event but OnEnd comes before.
  virtual void OnAccepted() = 0;
  // A message, coded as it came. Who is done with it gives what it took of the window back with
  // S2sStream::Consume.
  virtual void OnFrame(Frame frame) = 0;
  // After an S2sStream::Write that found no room: there is room again.
  virtual void OnRoom() = 0;
  // The end of the session: OK if S2 ended it well; else S2's refusal, the error of its terminal
  // frame, or what broke the stream. Nothing comes after it.
  virtual void OnEnd(const absl::Status& status) = 0;
};

// A session with S2: an HTTP stream whose bodies, of the request and of the answer, are frames.
// Thread safe. Until its end, the HTTP client keeps it, and it keeps its events.
class S2sStream : public http2::StreamEvents, public std::enable_shared_from_this<S2sStream> {
 public:
  explicit S2sStream(std::shared_ptr<S2sEvents> events) : events_(std::move(events)) {}

  // Sends the request; to be called once. A session that S2 has not accepted within `timeout` ends
  // with kOpenTimeout.
  void Start(http2::Client& http, http2::Request request, Clock& clock, absl::Duration timeout)
      ABSL_LOCKS_EXCLUDED(mu_);

  // These three do what those of http2::Stream do. They may be called once S2 has accepted the
  // session.
  bool Write(std::vector<grpc::Slice> frame) { return http()->Write(std::move(frame), false); }
  void EndWrites() { http()->Write({}, true); }
  void Consume(size_t size) { http()->Consume(size); }

  // See http2::Stream::RetireConnection.
  bool RetireConnection(bool advised) { return http()->RetireConnection(advised); }

  // Gives the session up, at any time: no event comes any more, but for one that is under way.
  void Cancel() ABSL_LOCKS_EXCLUDED(mu_);

  void OnResponse(http2::Response response) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnData(const uint8_t* data, size_t size) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDrained() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnClosed(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  enum class State {
    kOpening,  // there is no answer of S2's yet
    kRefused,  // S2's answer is not a session; its body, which says why, is being collected
    kOpen,
    kEnded,
  };

  State state() const ABSL_LOCKS_EXCLUDED(mu_);
  // Who gets the events, if the stream is open; else null.
  std::shared_ptr<S2sEvents> OpenEvents() ABSL_LOCKS_EXCLUDED(mu_);
  std::shared_ptr<http2::Stream> http() ABSL_LOCKS_EXCLUDED(mu_);

  void OnFrames(S2sEvents& events, absl::Span<const uint8_t> data);
  void OnRefusalData(absl::string_view data) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Refusal() const ABSL_LOCKS_EXCLUDED(mu_);
  // S2 ended the answer well. Returns OK if that was between two frames.
  absl::Status EndOfFrames() const;
  void OnTimeout(absl::Duration timeout);
  // Ends the stream if it is in state `from`.
  void End(State from, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  FrameParser parser_;  // touched by events alone, of which there is one at a time

  mutable absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kOpening;
  std::shared_ptr<S2sEvents> events_ ABSL_GUARDED_BY(mu_);    // null once the session has ended
  std::shared_ptr<http2::Stream> http_ ABSL_GUARDED_BY(mu_);  // set by Start
  std::unique_ptr<Timer> timer_
      ABSL_GUARDED_BY(mu_);  // ends a session that is not accepted in time
  // S2's answer in state kRefused, and as much of its body as has come.
  http2::Response refusal_ ABSL_GUARDED_BY(mu_);
  std::string refusal_body_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_S2S_STREAM_H_
