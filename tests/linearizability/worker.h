// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_LINEARIZABILITY_WORKER_H_
#define S2_TESTS_LINEARIZABILITY_WORKER_H_

#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "absl/status/statusor.h"
#include "s2/client/client.h"
#include "s2/tests/linearizability/history.h"

namespace s2::linearizability {

// What appends ask for.
enum class Workflow {
  kRegular,      // nothing
  kMatchSeqNum,  // to land at the tail that their client saw last
  kFencing,      // to bear the stream's token, which each client changes to its own now and then
};

struct WorkerOptions {
  Workflow workflow = Workflow::kRegular;
  int operations = 60;
  AppendRetryPolicy policy = AppendRetryPolicy::kAtMostOnce;
  RetryOptions retry;
  // Through an append session; else by unary calls.
  bool session = false;
};

// One of several clients of a stream that is never trimmed: appends, reads all of it, or asks for
// its tail, as chance has it, and records each in the history.
class Worker {
 public:
  Worker(s2::Stream stream, const WorkerOptions& options, uint64_t seed, History& history);

  // All operations; fewer when too many appends had an unknown outcome.
  void Run();

 private:
  void Append();
  void Read();
  void CheckTail();

  v1::AppendInput MakeBatch(bool fence);
  absl::StatusOr<v1::AppendAck> Send(v1::AppendInput batch);
  int Draw(int least, int most);

  const s2::Stream stream_;
  const WorkerOptions options_;
  History& history_;
  std::mt19937_64 random_;
  const std::string token_;
  int client_;
  int operation_ = 0;
  int unknown_ = 0;    // appends whose outcome is
  uint64_t tail_ = 0;  // seen last
  std::optional<AppendSession> session_;
};

}  // namespace s2::linearizability

#endif  // S2_TESTS_LINEARIZABILITY_WORKER_H_
