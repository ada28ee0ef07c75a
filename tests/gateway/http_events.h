// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_HTTP_EVENTS_H_
#define S2_TESTS_GATEWAY_HTTP_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/gateway/internal/http2/http2.h"

namespace s2::testing {

// Records what happens on a stream, and consumes nothing unless told to. What waits, waits 20 s at
// the most.
class RecordingEvents : public http2::StreamEvents {
 public:
  void OnResponse(http2::Response response) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnData(const uint8_t* data, size_t size) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDrained() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnClosed(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mu_);

  // Consumes what has come, and from now on what comes, at once.
  void ConsumeOn(std::shared_ptr<http2::Stream> stream) ABSL_LOCKS_EXCLUDED(mu_);

  // With the next data, retires the connection of the stream.
  void RetireOn(std::shared_ptr<http2::Stream> stream, bool advised) ABSL_LOCKS_EXCLUDED(mu_);
  // What came of it: does the connection take no new streams?
  bool AwaitRetired() const ABSL_LOCKS_EXCLUDED(mu_);

  // The head of the answer; status 0 when none came.
  http2::Response AwaitResponse() const ABSL_LOCKS_EXCLUDED(mu_);
  // The body, once it has this size or the stream has ended.
  std::string AwaitData(size_t size) const ABSL_LOCKS_EXCLUDED(mu_);
  bool AwaitDrained(int times) const ABSL_LOCKS_EXCLUDED(mu_);
  // The end; DEADLINE_EXCEEDED without ErrorInfo when none came.
  absl::Status AwaitClosed() const ABSL_LOCKS_EXCLUDED(mu_);

  http2::Response response() const ABSL_LOCKS_EXCLUDED(mu_);
  size_t data_size() const ABSL_LOCKS_EXCLUDED(mu_);
  int drained() const ABSL_LOCKS_EXCLUDED(mu_);
  bool closed() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  mutable absl::Mutex mu_;
  http2::Response response_ ABSL_GUARDED_BY(mu_);
  std::string data_ ABSL_GUARDED_BY(mu_);
  int drained_ ABSL_GUARDED_BY(mu_) = 0;
  std::optional<absl::Status> closed_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<http2::Stream> consumed_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<http2::Stream> retire_ ABSL_GUARDED_BY(mu_);
  bool advised_ ABSL_GUARDED_BY(mu_) = false;
  std::optional<bool> retired_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_HTTP_EVENTS_H_
