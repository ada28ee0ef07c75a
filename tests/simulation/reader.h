// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_READER_H_
#define S2_TESTS_SIMULATION_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/retry/error_table.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/read_session.h"
#include "s2/tests/simulation/link.h"
#include "s2/tests/simulation/pacing.h"
#include "s2/tests/simulation/server.h"
#include "s2/tests/simulation/world.h"

namespace s2::simulation {

// A read session and its user, who holds every record against the server's streams, and every
// request against the frames that came before it. It stays after its session is gone, until the
// simulation ends.
class Reader : public Observer {
 public:
  // Opens the session; everything about it is drawn.
  Reader(World* world, Server* server, int id, Dice dice);

  // Operations (reader_verbs.cc), each with what it needs from `dice`. False: there was nothing to
  // do.
  bool Take(Dice dice);
  bool TakeNow(Dice dice);
  bool AwaitTail(Dice dice);
  bool Cancel(Dice dice);
  bool Drop(Dice dice);
  // A fault: takes nothing for a while.
  bool Pause(Dice dice);

  // What must hold after every event.
  void Check();

  // The end: takes all there is.
  void Settle();
  // It has ended, or given all there will be.
  bool settled() const;
  void Destroy();
  // Nothing will happen any more.
  void CheckEnd() const;

  bool usable() const { return session_ && !ended_; }
  const Link& link() const { return *link_; }

  Observer* OnOpen(const rpc::v1::ReadRequest* request) override;
  void OnBatch(const v1::ReadBatch& batch) override;
  void OnLie() override { lied_to_ = true; }
  void OnOver(const absl::Status* status) override;

 private:
  using Result = absl::StatusOr<ReadResult>;

  static ReadSessionOptions DrawOptions(Dice dice);
  static rpc::v1::ReadRequest DrawRequest(Dice dice, const Stream& stream);
  bool endless() const;
  // Does it go on at the tail, for a while?
  bool waits() const;
  // The deadline of Next is over, and that is all.
  static bool IsLate(const absl::Status& status);
  void Next();
  void OnResult(const Result& result);

  // Checks (reader_checks.cc).
  void CheckWait(const ReadSessionStats& stats);
  void CheckRecords(const ReadResult& result);
  bool AtTail() const { return told_tail_.has_value() && told_tail_ == received_; }
  // When a session at the tail has waited long enough.
  absl::Time wait_deadline() const;
  rpc::v1::ReadRequest Expected() const;
  // Was a limit met, but for `wait`? What met it may be gone since.
  bool LimitsMet() const;
  void CheckMissing(uint64_t begin, uint64_t end, const std::optional<SeqNumRange>& skipped);
  bool IsGone(uint64_t seq_num) const;
  bool IsLeftOut(uint64_t seq_num) const;
  void CheckCleanEnd();
  void CheckError(const absl::Status& error);
  void CheckTail(const absl::StatusOr<v1::StreamPosition>& tail);
  bool only_life() const { return server_->lives().size() == 1; }
  void Fail(absl::string_view what) const;

  World* const world_;
  Server* const server_;
  const std::string name_;
  const ReadSessionOptions options_;
  const rpc::v1::ReadRequest request_;
  const std::shared_ptr<Link> link_;
  std::optional<ReadSession> session_;

  // The consumer.
  bool taking_ = false;
  uint64_t wanted_ = 0;  // batches still to take
  absl::Time paused_until_ = absl::InfinitePast();
  bool settling_ = false;
  bool dropped_ = false;           // or cancelled
  bool drop_in_callback_ = false;  // the next one
  bool ended_ = false;
  int expected_ = 0;  // callbacks to come
  std::optional<uint64_t> next_;
  uint64_t records_ = 0;

  // The network.
  uint64_t opens_ = 0;
  absl::Time opened_at_;                   // the last time,
  uint32_t opened_wait_ = 0;               // with this left of `wait`,
  uint64_t opened_durable_ = 0;            // when so much was there
  std::optional<absl::Time> accepted_at_;  // the last one
  rpc::v1::ReadRequest rest_;              // what is left of the request
  std::optional<uint64_t> received_;       // behind the last record, or where it began
  std::optional<uint64_t> told_tail_;
  std::optional<absl::Time> waits_since_;      // the last record, or the first acceptance
  absl::Time held_at_ = absl::InfinitePast();  // the consumer last held it up
  bool held_ = false;
  bool said_end_ = false;        // the server has, and no error
  std::optional<uint64_t> end_;  // the place of that end
  bool looks_ = false;           // it has opened again to see what is behind that end,
  bool looked_in_vain_ = false;  // and the server did not tell
  size_t largest_ = 0;           // frame, metered bytes
  bool lied_to_ = false;
  Pacing pacing_;
  bool failed_ = false;
  ErrorCode told_ = ErrorCode::kNone;  // by the server, as the end of the last attempt
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_READER_H_
