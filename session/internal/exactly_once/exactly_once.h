// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_EXACTLY_ONCE_EXACTLY_ONCE_H_
#define S2_SESSION_INTERNAL_EXACTLY_ONCE_EXACTLY_ONCE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "s2/session/internal/append/inflight.h"
#include "s2/session/internal/append_batch.h"
#include "s2/session/internal/exactly_once/batch_stamp.h"
#include "s2/session/internal/exactly_once/errand.h"
#include "s2/session/internal/exactly_once/pins.h"
#include "s2/session/internal/exactly_once/settlement.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// What a session knows and decides only under kExactlyOnce. Not thread safe: the session's mutex
// guards it. docs/exactly-once.md has the argument.
class ExactlyOnce {
 public:
  ExactlyOnce(ErrandContext context, std::shared_ptr<const BatchStamp> stamp)
      : context_(std::move(context)), stamp_(std::move(stamp)) {}

  // The claim: before its first stream a session learns where it begins, by an append that cannot
  // land there, and then fences, if it does.
  enum class Claim { kHeld, kAgain, kFailed };
  bool claimed() const { return pins_.known(); }
  std::shared_ptr<Errand> MakeClaim(std::weak_ptr<AppendCore> core) const;
  Claim OnClaim(const absl::StatusOr<v1::AppendAck>& answer);

  Pins& pins() { return pins_; }

  // The session would end with `error`. True: the pins were a wrong guess, and have been set anew.
  bool Repin(const absl::Status& error, const Inflight& inflight);

  // Begins to find out what became of the marked batches, of which there are some.
  void BeginSettling(const absl::Status& error);
  // What must be read for it; null: there is nothing to read, the settlement can judge.
  std::shared_ptr<Errand> MakeReadBack(std::weak_ptr<AppendCore> core, const Inflight& inflight);
  Settlement& settlement() { return *settlement_; }
  void OnAck(const AppendBatch& batch);

  // Why the session would have ended.
  const absl::Status& failure() const { return failure_; }
  // Whether it may be tried again, as something has been settled.
  bool MayGoOn() const;

  // The last fence: with it no batch that bears the session's token can land any more. Null: the
  // session has no token, or it has no force any more.
  std::shared_ptr<Errand> MakeLastFence(std::weak_ptr<AppendCore> core) const;
  // False: it failed.
  bool OnLastFence(const absl::StatusOr<v1::AppendAck>& answer);
  // No batch can land any more.
  bool fenced_off() const { return fenced_off_; }

  // Makes of a message that is given back what the caller may submit again.
  void TakeBack(const AppendBatch& batch, v1::AppendInput& input) const;

 private:
  // No record ever gets this position.
  static constexpr uint64_t kNowhere = std::numeric_limits<uint64_t>::max();

  bool fences() const { return !stamp_->token().empty(); }

  const ErrandContext context_;
  const std::shared_ptr<const BatchStamp> stamp_;

  Pins pins_;
  uint64_t claim_at_ = kNowhere;
  int lost_claims_ = 0;  // to other writers, in a row

  // Of the last failure.
  absl::Status failure_;
  std::optional<uint64_t> expected_;  // the position that the server would have given next
  bool settled_any_ = false;
  std::optional<Settlement> settlement_;

  // Positions at which every record bore our token.
  SeqNumRange owned_;
  bool fenced_off_ = false;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_EXACTLY_ONCE_EXACTLY_ONCE_H_
