// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_MESSAGE_SUBMITTER_H_
#define S2_MESSAGE_MESSAGE_SUBMITTER_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/message/dedupe_stamp.h"
#include "s2/message/framing.h"
#include "s2/message/message_ticket.h"
#include "s2/session/append_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// Submits messages of bytes to an append session: framed, stamped, in as few batches as they fit
// into, and never two messages mixed. Thread safe: one message at a time has the turn.
class MessageSubmitter {
 public:
  // `stamp`: null: records are not stamped.
  MessageSubmitter(AppendSession session, const FramingOptions& framing,
                   std::optional<DedupeStamp> stamp)
      : session_(std::move(session)), framing_(framing), stamp_(std::move(stamp)) {}

  // See MessageWriter::Write.
  absl::StatusOr<MessageTicket> Submit(absl::string_view message, absl::Time deadline)
      ABSL_LOCKS_EXCLUDED(*mu_);

  AppendSession& session() { return session_; }

 private:
  // Submits the batches in order; all of them, or the error says how many were sent before.
  absl::StatusOr<MessageTicket> SubmitAll(std::vector<v1::AppendInput> batches,
                                          absl::Time deadline);

  AppendSession session_;
  const FramingOptions framing_;

  const std::shared_ptr<absl::Mutex> mu_ = std::make_shared<absl::Mutex>();
  // Somebody has the turn: the stamp is theirs, too.
  bool submitting_ ABSL_GUARDED_BY(*mu_) = false;
  std::optional<DedupeStamp> stamp_;
};

}  // namespace s2::internal

#endif  // S2_MESSAGE_MESSAGE_SUBMITTER_H_
