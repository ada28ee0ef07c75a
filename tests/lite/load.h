// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_LITE_LOAD_H_
#define S2_TESTS_LITE_LOAD_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "s2/client/client.h"

// Sessions under load, and whether what they were told is true.
namespace s2::lite {

// A batch, and what became of it.
struct Outcome {
  std::vector<std::string> bodies;
  absl::StatusOr<v1::AppendAck> result;
};

// Appends, without a pause, batches that nobody else writes: their records begin with its name. A
// session that fails is followed by another, which begins with a new batch.
class Writer {
 public:
  Writer(const s2::Stream& stream, std::string name, const AppendSessionOptions& options);
  ~Writer();

  // Batches acked so far.
  int acks() const;
  // Waits for so many, in all.
  void AwaitAcks(int n) const;
  // From now on it submits nothing.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);
  // Stops, and waits until the session is closed. The outcomes, in the order of submission.
  std::vector<Outcome> Finish() ABSL_LOCKS_EXCLUDED(mu_);
  // Why sessions failed; once it has finished.
  const std::vector<absl::Status>& failures() const { return failures_; }
  // Streams that its sessions opened, but for each one's first; once it has finished.
  uint64_t moves() const { return moves_; }

 private:
  struct Submitted {
    std::vector<std::string> bodies;
    AppendTicket ticket;
  };

  void Run();
  // Appends on one session until it fails or the writer stops.
  void Append(AppendSession& session) ABSL_LOCKS_EXCLUDED(mu_);
  bool stopped() ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<std::string> NextBodies();

  const s2::Stream stream_;
  const std::string name_;
  const AppendSessionOptions options_;

  // The thread's own.
  int next_ = 0;
  std::vector<absl::Status> failures_;
  uint64_t moves_ = 0;
  std::vector<Submitted> submitted_;

  // Shared with callbacks that may outlive the writer.
  struct Acks {
    absl::Mutex mu;
    int count ABSL_GUARDED_BY(mu) = 0;
  };
  const std::shared_ptr<Acks> acks_ = std::make_shared<Acks>();

  absl::Mutex mu_;
  bool stop_ ABSL_GUARDED_BY(mu_) = false;

  std::thread thread_;
};

// Follows the stream from its beginning.
class Follower {
 public:
  // With a budget for any server that comes back.
  explicit Follower(const s2::Stream& stream);
  Follower(const s2::Stream& stream, const ReadSessionOptions& options);
  ~Follower();

  // Waits for the first `n` records: their bodies.
  std::vector<std::string> Take(size_t n) ABSL_LOCKS_EXCLUDED(mu_);
  // Streams that its session opened, but for the first.
  uint64_t moves() const { return session_.Stats().attempts - 1; }

 private:
  void Run();

  ReadSession session_;
  absl::Mutex mu_;
  std::vector<std::string> bodies_ ABSL_GUARDED_BY(mu_);  // by sequence number
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

// What is in the stream now.
std::vector<std::string> ReadAll(const s2::Stream& stream);

// Fails the test unless each acked batch is where its ack says, in order, nothing without effect is
// there, and nothing is there twice unless `may_repeat`.
void Verify(const std::vector<std::string>& stream, const std::vector<Outcome>& outcomes,
            bool may_repeat);

}  // namespace s2::lite

#endif  // S2_TESTS_LITE_LOAD_H_
