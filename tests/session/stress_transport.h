// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_STRESS_TRANSPORT_H_
#define S2_TESTS_SESSION_STRESS_TRANSPORT_H_

#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/session/internal/transport.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// A server in memory for sessions of one stream, with threads of its own that run reactions as gRPC
// does: any two at once, never inside a verb, OnDone last. It breaks streams at random: those of
// appends before or after the batch at hand took effect, those of reads between two records. What
// is appended is kept in log(); what is read is made up, as many records as are asked for, one a
// batch. Thread safe.
class StressTransport : public Transport {
 public:
  explicit StressTransport(unsigned seed);
  // No call may be under way.
  ~StressTransport() override;

  // Waits until all calls are over. To be called before the last reference is dropped and when no
  // session is left: a reaction that still runs may hold a session, and that the transport.
  void AwaitQuiet() const ABSL_LOCKS_EXCLUDED(mu_);

  std::shared_ptr<AppendCall> Append(std::shared_ptr<CallEvents> events) override;
  std::shared_ptr<ReadCall> Read(const rpc::v1::ReadRequest& request,
                                 std::shared_ptr<CallEvents> events) override;

  // The bodies of all records appended, in order.
  std::vector<std::string> log() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  template <typename Verbs, typename Message>
  class Call;
  class WritingCall;
  class ReadingCall;
  // What becomes of a write.
  enum class Fate { kAcked, kBrokenBefore, kBrokenAfter };

  template <typename T>
  std::shared_ptr<T> Begin(std::shared_ptr<T> call) ABSL_LOCKS_EXCLUDED(mu_);
  void Post(std::function<void()> task) ABSL_LOCKS_EXCLUDED(mu_);
  void Work() ABSL_LOCKS_EXCLUDED(mu_);
  bool Breaks() ABSL_LOCKS_EXCLUDED(mu_);
  Fate Accept(const v1::AppendInput& input, v1::AppendAck* ack) ABSL_LOCKS_EXCLUDED(mu_);
  bool QuietLocked() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return calls_ == 0; }
  bool WantedLocked() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return stop_ || !tasks_.empty(); }

  mutable absl::Mutex mu_;
  std::mt19937 random_ ABSL_GUARDED_BY(mu_);
  std::vector<std::string> log_ ABSL_GUARDED_BY(mu_);
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mu_);
  int calls_ ABSL_GUARDED_BY(mu_) = 0;  // that are not over
  bool stop_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_STRESS_TRANSPORT_H_
