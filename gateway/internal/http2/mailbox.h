// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_MAILBOX_H_
#define S2_GATEWAY_INTERNAL_HTTP2_MAILBOX_H_

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace s2::http2 {

class ClientStream;

// The streams that an I/O thread must look at, because verbs were called on them. Any number of
// them cost one wake-up, and none while the thread is at work. Thread safe.
class Mailbox {
 public:
  using Streams = std::vector<std::shared_ptr<ClientStream>>;

  // `wake` makes the thread Take, soon; it is called under the mutex.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  // False when the mailbox is closed.
  bool Add(std::shared_ptr<ClientStream> stream) ABSL_LOCKS_EXCLUDED(mu_);

  // The thread is at work, and will Take.
  void Hold() ABSL_LOCKS_EXCLUDED(mu_);
  // What has come. When that is nothing, the next Add wakes the thread.
  Streams Take() ABSL_LOCKS_EXCLUDED(mu_);
  // What has come; nothing will come any more.
  Streams Close() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  enum class State { kAsleep, kAwake, kClosed };

  const std::function<void()> wake_;
  absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kAsleep;
  Streams streams_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_MAILBOX_H_
