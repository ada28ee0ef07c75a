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

// The streams that an I/O thread must look at, because verbs were called on them. However many
// streams are added, the thread is woken once; and not at all while it is at work, since it looks
// into the mailbox before it sleeps. Thread safe.
class Mailbox {
 public:
  using Streams = std::vector<std::shared_ptr<ClientStream>>;

  // `wake` makes the thread call Take soon. It is called under the mutex, so it must return at
  // once.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  // Returns false, and keeps nothing, when the mailbox is closed.
  bool Add(std::shared_ptr<ClientStream> stream) ABSL_LOCKS_EXCLUDED(mu_);

  // Called by the thread when it begins to work: it will call Take, and need not be woken.
  void Hold() ABSL_LOCKS_EXCLUDED(mu_);
  // Takes the streams that have come. If there are none, the thread may sleep: the next Add wakes
  // it.
  Streams Take() ABSL_LOCKS_EXCLUDED(mu_);
  // Takes the streams that have come, and closes the mailbox.
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
