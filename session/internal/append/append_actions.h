// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_ACTIONS_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_ACTIONS_H_

#include <memory>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "s2/session/internal/append/append_attempt.h"
#include "s2/session/internal/append_batch.h"
#include "s2/session/internal/exactly_once/errand.h"
#include "s2/session/internal/transport.h"

namespace s2::internal {

// What an append session has decided under its mutex, to be done after it is released. What is to
// be destroyed then, and not under the mutex, is here too.
struct AppendActions {
  // The call that read, write and writes_done are for.
  std::shared_ptr<AppendCall> call;
  // Whose ack to read; null: none.
  std::shared_ptr<AppendAttempt> read;
  // What to write; null: nothing.
  std::shared_ptr<AppendBatch> write;
  // Another write is certain to come.
  bool more_follows = false;
  bool writes_done = false;
  // A call to give up; because its peer was silent for too long?
  std::shared_ptr<AppendCall> cancel;
  bool silent = false;
  // A call that is over; its last reference may be ours.
  std::shared_ptr<AppendCall> ended;
  // An attempt to open.
  std::shared_ptr<AppendAttempt> open;
  // Batches that were resolved and are waited for.
  std::vector<std::shared_ptr<AppendBatch>> awaited;
  // Acked batches that no write touches any more: their messages can be freed.
  absl::InlinedVector<std::shared_ptr<AppendBatch>, 1> finished;
  // An errand to ask.
  std::shared_ptr<Errand> ask;
  // An errand that has answered or is over.
  std::shared_ptr<Errand> answered;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_ACTIONS_H_
