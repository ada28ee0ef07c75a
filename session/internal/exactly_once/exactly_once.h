// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_EXACTLY_ONCE_EXACTLY_ONCE_H_
#define S2_SESSION_INTERNAL_EXACTLY_ONCE_EXACTLY_ONCE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/retry/backoff.h"
#include "s2/session/append_session.h"
#include "s2/session/internal/append_batch.h"
#include "s2/session/internal/exactly_once/batch_stamp.h"
#include "s2/session/internal/exactly_once/errand.h"
#include "s2/session/internal/exactly_once/pins.h"
#include "s2/session/internal/exactly_once/settlement.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// What a session knows and decides only under kExactlyOnce: where its batches go, and what became
// of them when a stream broke. It tells the session, step by step, what to do next. Not thread
// safe: the session's mutex guards it, but for stamp(). docs/exactly-once.md has the argument.
class ExactlyOnce {
 public:
  // What the session does next.
  struct Step {
    enum class Kind {
      kAsk,          // ask errand(), and wait for its answer
      kAskForMore,   // ask errand(), which has answered, once more
      kOpen,         // open a stream
      kAck,          // the first batch stands in the stream: ack it with `ack`, then Judge the rest
      kGoOn,         // all that was open is settled: go on with what is left
      kClaimFailed,  // there is no claim, because of `error`
      kGiveUp,       // end with `error`
    };
    Kind kind;
    std::string why;     // of kAsk and kOpen, for the log
    v1::AppendAck ack;   // of kAck
    absl::Status error;  // of kClaimFailed and kGiveUp
  };

  // `options`: the session's. `sessions`: to its stream.
  ExactlyOnce(ErrandSessions sessions, const AppendSessionOptions& options, const Random& random);

  // Who hears the answers of errands. Once, before all else.
  void Start(std::weak_ptr<ErrandEvents> events) { events_ = std::move(events); }

  // What is added to each batch. Immutable.
  const std::shared_ptr<const BatchStamp>& stamp() const { return stamp_; }

  // A batch is put at the end of the queue. Error: it cannot be, and nothing has changed.
  absl::Status Admit(AppendBatch& batch) { return pins_.Admit(batch); }
  // A batch is about to be written; claimed().
  void Pin(AppendBatch& batch) { pins_.Pin(batch); }
  // A batch is acked.
  void OnAck(const AppendBatch& batch);

  // The claim: before its first stream a session learns where it begins, by an append that cannot
  // land there, and then fences, if it does.
  bool claimed() const { return pins_.known(); }
  Step Claim(absl::string_view why);

  // The session would end with `error`. `batches` here and below: those without an ack.
  Step OnFailure(const absl::Status& error, const AppendBatches& batches);

  // The errand under way; null: there is none.
  const std::shared_ptr<Errand>& errand() const { return errand_; }
  // It has answered. The session holds it meanwhile, because errands are not destroyed under a
  // lock.
  Step OnAppended(const absl::StatusOr<v1::AppendAck>& answer, const AppendBatches& batches);
  Step OnReadBack(absl::StatusOr<ReadResult> answer, const AppendBatches& batches);
  // The session has ended: there is no errand any more.
  void End() { errand_ = nullptr; }

  // What became of the first batch, if it is marked, by what was read so far.
  Step Judge(const AppendBatches& batches);

  // Makes of a message that is given back what the caller may submit again.
  void TakeBack(const AppendBatch& batch, v1::AppendInput& input) const;

 private:
  // No record ever gets this position.
  static constexpr uint64_t kNowhere = std::numeric_limits<uint64_t>::max();

  bool fences() const { return !stamp_->token().empty(); }
  Step Ask(std::shared_ptr<Errand> errand, absl::string_view why);
  Step AskToAppend(v1::AppendInput input, absl::string_view why);
  Step OnClaim(const absl::StatusOr<v1::AppendAck>& answer);
  Step ReadBackMarked(absl::string_view why, const AppendBatches& batches);
  Step OnVerdict(Settlement::Verdict verdict, const AppendBatches& batches);
  void ClearMarksFromForeign(const AppendBatches& batches);
  bool MayGoOn() const;
  bool OnLastFence(const absl::StatusOr<v1::AppendAck>& answer);

  const ErrandSessions sessions_;
  const AppendSessionOptions options_;
  const Random random_;
  const std::shared_ptr<const BatchStamp> stamp_;
  std::weak_ptr<ErrandEvents> events_;

  std::shared_ptr<Errand> errand_;

  Pins pins_;
  uint64_t claim_at_ = kNowhere;
  int lost_claims_ = 0;  // to other writers, in a row

  // Why the session would have ended, the last time.
  absl::Status failure_;
  // The position that the server would have given next, if that failure or the last fence says so.
  std::optional<uint64_t> expected_;
  // Something was acked since that failure.
  bool settled_any_ = false;
  // What was read back since.
  std::optional<Settlement> settlement_;

  // Positions at which every record bore our token.
  SeqNumRange owned_;
  // No batch that bears our token can land any more.
  bool fenced_off_ = false;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_EXACTLY_ONCE_EXACTLY_ONCE_H_
