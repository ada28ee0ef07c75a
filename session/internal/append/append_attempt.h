// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_ATTEMPT_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_ATTEMPT_H_

#include <memory>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "s2/retry/clock.h"
#include "s2/session/internal/append_batch.h"
#include "s2/session/internal/transport.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

class AppendCore;

// One stream of an append session: hands the events of its call to the session, if that still
// lives, and owns the messages that the call may touch. It never retries. Its call keeps it alive;
// it does not know the call, so that there is no circle.
class AppendAttempt : public CallEvents {
 public:
  explicit AppendAttempt(std::weak_ptr<AppendCore> core) : core_(std::move(core)) {}

  void OnAccepted() override;
  void OnRead(bool ok) override;
  void OnWrite(bool ok) override;
  void OnDone(const absl::Status& status) override;

  // The rest belongs to the session, and its mutex guards it.

  // The write under way, if there is one, is over. If its batch is acked, and no other write of it
  // is under way, it goes into `finished`.
  void EndWrite(absl::InlinedVector<std::shared_ptr<AppendBatch>, 1>& finished);

  // What is being read.
  v1::AppendAck ack;
  // What is being written; null: nothing.
  std::shared_ptr<AppendBatch> writing;
  // Accepted, and no write of it has failed.
  bool writable = false;
  // Cancels the call if the server does not end it after a clean Close.
  std::unique_ptr<Timer> linger;

 private:
  const std::weak_ptr<AppendCore> core_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_ATTEMPT_H_
