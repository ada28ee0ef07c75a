// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_FAKE_HTTP_H_
#define S2_TESTS_GATEWAY_FAKE_HTTP_H_

#include <cstddef>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "s2/gateway/internal/http2/http2.h"

namespace s2::gateway {

// A request that the fake was given. The test plays the server: its verbs are events to the call,
// on the test's own thread, which is never inside a verb of the call.
class FakeHttpStream : public http2::Stream {
 public:
  FakeHttpStream(http2::Request request, std::shared_ptr<http2::StreamEvents> events);

  // "METHOD SCHEME://HOST:PORT/PATH".
  std::string Line() const;
  // The value of a header; empty when it is missing.
  std::string Header(absl::string_view name) const;
  bool no_body() const { return request_.no_body; }
  std::string body() const ABSL_LOCKS_EXCLUDED(mu_);
  bool body_ended() const ABSL_LOCKS_EXCLUDED(mu_);
  size_t consumed() const ABSL_LOCKS_EXCLUDED(mu_);
  // Waits until so many bytes of the body are there; these.
  std::string AwaitBody(size_t size) ABSL_LOCKS_EXCLUDED(mu_);
  void AwaitBodyEnd() ABSL_LOCKS_EXCLUDED(mu_);
  void AwaitConsumed(size_t size) ABSL_LOCKS_EXCLUDED(mu_);
  // Waits until the call gives up.
  void AwaitCancel() ABSL_LOCKS_EXCLUDED(mu_);
  bool cancelled() const ABSL_LOCKS_EXCLUDED(mu_);

  void Respond(int status, http2::Headers headers);
  void Data(absl::string_view data);
  void Close(const absl::Status& status = absl::OkStatus());
  // Has room for so many writes more.
  void LetWrite(int writes) ABSL_LOCKS_EXCLUDED(mu_);
  // Has all the room again, and says so.
  void MakeRoom() ABSL_LOCKS_EXCLUDED(mu_);
  // Respond, Data and Close.
  void Answer(int status, http2::Headers headers, absl::string_view body);

  bool Write(std::vector<grpc::Slice> body, bool end) override ABSL_LOCKS_EXCLUDED(mu_);
  void Consume(size_t size) override ABSL_LOCKS_EXCLUDED(mu_);
  void Cancel() override ABSL_LOCKS_EXCLUDED(mu_);
  bool RetireConnection(bool advised) override ABSL_LOCKS_EXCLUDED(mu_);

  // What RetireConnection answers to advice; true at first.
  void FollowAdvice(bool follow) ABSL_LOCKS_EXCLUDED(mu_);
  // How often the call asked to retire the connection.
  int retired() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const http2::Request request_;
  std::shared_ptr<http2::StreamEvents> events_;  // until it is closed

  mutable absl::Mutex mu_;
  std::string body_ ABSL_GUARDED_BY(mu_);
  bool body_ended_ ABSL_GUARDED_BY(mu_) = false;
  size_t consumed_ ABSL_GUARDED_BY(mu_) = 0;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  bool follow_advice_ ABSL_GUARDED_BY(mu_) = true;
  int retired_ ABSL_GUARDED_BY(mu_) = 0;
  int room_ ABSL_GUARDED_BY(mu_) = std::numeric_limits<int>::max();  // in writes
};

// Keeps what it is given for the test. Its end ends all streams.
class FakeHttp : public http2::Client {
 public:
  ~FakeHttp() override { CloseAll(); }

  std::shared_ptr<http2::Stream> Open(http2::Request request,
                                      std::shared_ptr<http2::StreamEvents> events) override
      ABSL_LOCKS_EXCLUDED(mu_);

  // Waits for the next request.
  std::shared_ptr<FakeHttpStream> Await() ABSL_LOCKS_EXCLUDED(mu_);
  // Ends all streams.
  void CloseAll() ABSL_LOCKS_EXCLUDED(mu_);
  // Requests so far.
  int opened() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  mutable absl::Mutex mu_;
  std::vector<std::shared_ptr<FakeHttpStream>> all_ ABSL_GUARDED_BY(mu_);
  std::deque<std::shared_ptr<FakeHttpStream>> waiting_ ABSL_GUARDED_BY(mu_);
  int opened_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace s2::gateway

#endif  // S2_TESTS_GATEWAY_FAKE_HTTP_H_
