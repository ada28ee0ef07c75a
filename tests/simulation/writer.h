// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_WRITER_H_
#define S2_TESTS_SIMULATION_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/session/append_session.h"
#include "s2/tests/simulation/errands.h"
#include "s2/tests/simulation/ledger.h"
#include "s2/tests/simulation/link.h"
#include "s2/tests/simulation/pacing.h"
#include "s2/tests/simulation/server.h"
#include "s2/tests/simulation/world.h"

namespace s2::simulation {

// An append session and its user, who uses every verb, inside callbacks too, and believes nothing:
// what the session says is held against what its user, its network and the server saw. It stays
// after its session is gone, until the simulation ends.
class Writer : public Observer {
 public:
  // Opens the session; everything about it is drawn. Takes over what its predecessor took back, to
  // submit it again when it pleases.
  Writer(World* world, Server* server, Ledger* ledger, int id, Writer* predecessor, Dice dice);
  ~Writer() override;

  // Operations (writer_verbs.cc), each with what it needs from `dice`. False: there was nothing to
  // do.
  bool Submit(Dice dice);
  bool SubmitNow(Dice dice);
  bool SubmitBad(Dice dice);
  bool SubmitAgain(Dice dice);
  bool Reserve(Dice dice);
  bool ReserveNow(Dice dice);
  bool UsePermit(Dice dice);
  bool DropPermit(Dice dice);
  bool CancelReserve(Dice dice);
  bool Flush(Dice dice);
  bool FlushNow(Dice dice);
  bool Close(Dice dice);
  bool CloseNow(Dice dice);
  bool Cancel(Dice dice);
  bool TakeBack(Dice dice);
  bool Drop(Dice dice);

  // What must hold after every event (writer_checks.cc).
  void Check();

  // The end, step by step; each is over when idle() says so, and that may take time.
  // Gives all room back and flushes.
  void Settle();
  // All is acked: no room is lost. Closes.
  void Finish();
  // Destroys the session.
  void Destroy();
  bool idle() const { return expected_ == 0; }
  // All tickets have resolved.
  bool resolved() const { return resolved_ == submissions_.size(); }
  // Nothing will happen any more.
  void CheckEnd() const;

  // Has it a session that takes batches?
  bool usable() const { return session_ && session_->status().ok() && !closing_; }
  const Link& link() const { return *link_; }

  // What its session does on the network (writer_network.cc).
  Observer* OnOpen(const rpc::v1::ReadRequest* request) override;
  void OnWrite(const v1::AppendInput& input) override;
  void OnLie() override { lied_to_ = true; }
  void OnOver(const absl::Status* status) override;

 private:
  struct Reservation {
    AppendReservation handle;
    size_t number;
    bool cancelled = false;
    bool called = false;
  };

  static AppendSessionOptions DrawOptions(Dice dice);
  v1::AppendInput MakeBatch(Dice& dice);
  size_t StampedBytes(const v1::AppendInput& input) const;
  void TakeOver(Writer& predecessor);
  // `submit` takes an AppendInput&& and gives a StatusOr<AppendTicket>.
  // `origin`: see Submission. An error: it was refused.
  template <typename F>
  absl::Status Put(v1::AppendInput input, Dice& dice, F submit, const Submission* origin = nullptr);
  void Keep(const AppendTicket& ticket, const Submission* origin, Dice& dice);
  void OnPermit(Reservation& reservation, absl::StatusOr<AppendPermit> permit, Dice dice);
  void OnTicket(Submission& submission, Dice dice);
  void OnClosed(const absl::Status& status, absl::Time latest);
  // A callback to come, and one that has.
  void Expect() { ++expected_; }
  void Came() { --expected_; }

  void CheckStats(const AppendSessionStats& stats);
  void CheckResolved(Submission& submission);
  void CheckFailed(Submission& submission, const absl::Status& status);
  bool MayLeaveOpen(const Submission& submission) const;
  void CheckTerminal();
  // At this very moment.
  size_t acked() const { return session_ ? session_->Stats().acked_batches : acked_; }
  size_t unacked() const { return submissions_.size() + (coming_ != nullptr) - acked(); }
  bool exactly_once() const { return options_.policy == AppendRetryPolicy::kExactlyOnce; }
  void Fail(absl::string_view what) const;

  World* const world_;
  Server* const server_;
  Ledger* const ledger_;
  const int id_;
  const std::string name_;
  const AppendSessionOptions options_;
  const bool pins_;     // it gives its batches positions itself
  const bool repeats_;  // some of its batches are alike
  Errands errands_{server_};
  const std::shared_ptr<Link> link_;
  std::optional<AppendSession> session_;

  std::vector<Submission*> submissions_;
  size_t resolved_ = 0;  // the first so many
  size_t acked_ = 0;     // of these
  uint64_t acked_bytes_ = 0;
  uint64_t acked_records_ = 0;
  Input coming_;  // being submitted
  int coming_writes_ = 0;
  std::optional<uint64_t> coming_pin_;
  size_t called_back_ = 0;  // up to the last ticket that was
  uint64_t next_pin_;
  const uint64_t opened_life_;
  int batches_ = 0;  // made
  v1::AppendInput last_batch_;

  std::deque<Reservation> reservations_;
  size_t granted_ = 0;  // reservations up to the last that was
  std::vector<AppendPermit> permits_;
  int expected_ = 0;  // callbacks to come

  bool closing_ = false;
  bool settling_ = false;
  using HandedBack = std::deque<std::pair<UnackedBatch, const Submission*>>;
  HandedBack taken_back_;          // of its own session
  HandedBack handed_back_;         // by those before it, and not yet submitted again
  bool dropped_ = false;           // or cancelled
  bool drop_in_callback_ = false;  // the next one
  bool has_deadline_ = false;      // some Close has
  std::optional<absl::Status> closed_;
  std::optional<absl::Status> terminal_;
  bool lied_to_ = false;
  bool may_have_effect_ = false;  // some batch that failed

  uint64_t opens_ = 0;
  std::optional<size_t> next_write_;  // of this attempt; none yet
  Pacing pacing_;
  size_t acked_at_failure_ = 0;
  bool failed_ = false;  // the last attempt, with batches unacked
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_WRITER_H_
