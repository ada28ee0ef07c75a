// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_ACTIONS_H_
#define S2_SESSION_INTERNAL_READ_READ_ACTIONS_H_

#include <memory>

#include "s2/session/internal/read/read_attempt.h"
#include "s2/session/internal/transport.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// What a read session has decided under its mutex, to be done after it is released. What is to be
// destroyed then, and not under the mutex, is here too.
struct ReadActions {
  // The call to read from, and the batch to read into, which the call's attempt owns; null: none.
  std::shared_ptr<ReadCall> read;
  v1::ReadBatch* batch = nullptr;
  // A call to give up; because its peer was silent for too long?
  std::shared_ptr<ReadCall> cancel;
  bool silent = false;
  // A call that is over; its last reference may be ours.
  std::shared_ptr<ReadCall> ended;
  // An attempt to open.
  std::shared_ptr<ReadAttempt> open;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_ACTIONS_H_
