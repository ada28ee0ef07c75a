// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_BATCH_H_
#define S2_SESSION_INTERNAL_APPEND_BATCH_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "s2/session/internal/ticket_context.h"
#include "s2/session/internal/ticket_state.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// A submitted batch: one allocation from submit to ack. The session's mutex guards all but the
// ticket.
struct AppendBatch : TicketState {
  AppendBatch(std::shared_ptr<const TicketContext> context, v1::AppendInput&& batch, size_t metered)
      : TicketState(std::move(context)),
        input(std::move(batch)),
        bytes(metered),
        records(input.records_size()) {}

  // Not changed while `writes` is not 0: the transport reads it then, without the mutex.
  v1::AppendInput input;
  const size_t bytes;
  const size_t records;
  absl::Time submitted_at;
  // Writes of it that are under way, those of attempts that are over included.
  int writes = 0;
  // When its write in this attempt was over; InfiniteFuture before.
  absl::Time written_at = absl::InfiniteFuture();
  bool acked = false;
  // An attempt before this one may have had it accepted.
  bool marked = false;
  // Its match_seq_num is its session's, not its caller's.
  bool pinned = false;
};

// Batches without an ack, in the order in which they were submitted.
using AppendBatches = std::deque<std::shared_ptr<AppendBatch>>;

// May one of them have been accepted by an attempt that is over?
bool AnyMarked(const AppendBatches& batches);

// None of them can have been accepted: there is proof.
void ClearMarks(const AppendBatches& batches);

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_BATCH_H_
