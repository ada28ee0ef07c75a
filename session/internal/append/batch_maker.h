// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_BATCH_MAKER_H_
#define S2_SESSION_INTERNAL_APPEND_BATCH_MAKER_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "s2/session/internal/append_batch.h"
#include "s2/session/internal/exactly_once/batch_stamp.h"
#include "s2/session/internal/ticket_context.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// Makes batches of what callers submit, in their threads and under no lock. Immutable.
class BatchMaker {
 public:
  // `context`: of the batches' tickets. `stamp`: what each batch gets; null: nothing.
  BatchMaker(std::shared_ptr<const TicketContext> context, std::shared_ptr<const BatchStamp> stamp)
      : context_(std::move(context)), stamp_(std::move(stamp)) {}

  // A batch of `input`, which is taken. Error: kInvalid; `input` is untouched.
  absl::StatusOr<std::shared_ptr<AppendBatch>> Make(v1::AppendInput& input) const;

  // Makes `input` again what it was before Make, from a batch that could not be submitted.
  void GiveBack(AppendBatch& batch, v1::AppendInput& input) const;

 private:
  const std::shared_ptr<const TicketContext> context_;
  const std::shared_ptr<const BatchStamp> stamp_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_BATCH_MAKER_H_
