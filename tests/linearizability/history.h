// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_LINEARIZABILITY_HISTORY_H_
#define S2_TESTS_LINEARIZABILITY_HISTORY_H_

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace s2::linearizability {

// What concurrent clients did and saw, in the order in which it happened: a file of JSON lines that
// S2's own checker reads too. Thread safe.
class History {
 public:
  explicit History(const std::string& path) : out_(path) {}

  // A client that has never had an operation.
  int NewClient() ABSL_LOCKS_EXCLUDED(mu_);

  // An operation begins, as `json` says; returns its number.
  int Start(int client, absl::string_view json) ABSL_LOCKS_EXCLUDED(mu_);
  void Finish(int client, int operation, absl::string_view json) ABSL_LOCKS_EXCLUDED(mu_);

  // Nobody knows when it takes effect, if ever: it stays open to the end of the history. Its client
  // must do nothing more.
  void FinishAtEnd(int client, int operation, absl::string_view json) ABSL_LOCKS_EXCLUDED(mu_);

  // Writes what stayed open. False: the file could not be written.
  bool Close() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Mutex mu_;
  std::ofstream out_ ABSL_GUARDED_BY(mu_);
  int clients_ ABSL_GUARDED_BY(mu_) = 0;
  int operations_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<std::string> at_end_ ABSL_GUARDED_BY(mu_);
};

// Of a record's body, and of all bodies from the beginning of a stream to this one.
uint64_t HashBody(absl::string_view body);
uint64_t HashStream(uint64_t before, absl::string_view body);

}  // namespace s2::linearizability

#endif  // S2_TESTS_LINEARIZABILITY_HISTORY_H_
