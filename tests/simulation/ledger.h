// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_LEDGER_H_
#define S2_TESTS_SIMULATION_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "s2/session/append_session.h"
#include "s2/session/append_ticket.h"
#include "s2/tests/simulation/dice.h"
#include "s2/tests/simulation/server.h"
#include "s2/tests/simulation/stream.h"
#include "s2/tests/simulation/world.h"

namespace s2::simulation {

inline const std::string kIdentityHeader = "identity";

// A batch that a session has taken, and what became of it.
struct Submission {
  int writer;
  size_t number;                        // of the writer's, from 0
  const AppendSessionOptions* options;  // the session's
  const Submission* origin;             // handed back by another session; null: a new one
  Input input;
  size_t bytes;          // metered, with what the session adds
  uint64_t opened_life;  // the session began in it
  AppendTicket ticket;
  int writes;                   // to the network
  std::optional<uint64_t> pin;  // the position that it was last written for
  int callbacks = 0;            // the ticket's
  std::optional<uint64_t> acked_life = std::nullopt;
  uint64_t resolved_life = 0;  // the ticket resolved then
  bool unfounded = false;      // its ack, as a writer without a token was where it cannot be read

  bool exactly_once() const { return options->policy == AppendRetryPolicy::kExactlyOnce; }
  // With the identity header.
  bool marked() const {
    return !options->exactly_once.identity_header.empty() && !input->has_match_seq_num();
  }
};

// What tells a batch from those that are not alike.
inline const std::string& Key(const v1::AppendInput& input) { return input.records(0).body(); }

// So many of its first records are in the stream from `start` on.
uint64_t CountSame(const Stream& stream, const Submission& submission, uint64_t start);

// All batches of all sessions, held against the streams: what an ack says is there, and in the end
// everything is as every ticket said. Under kExactlyOnce as docs/exactly-once.md has it, with its
// assumptions and no others.
class Ledger {
 public:
  Ledger(World* world, Server* server) : world_(world), server_(server) {}

  Submission* Add(Submission submission);

  // Some batch; null: there is none.
  Input Pick(Dice& dice) const;

  // A ticket has its ack.
  void CheckAck(Submission& submission);

  // Nothing more will ever come to any stream.
  void CheckEnd();

 private:
  // Batches that are alike.
  struct Account {
    std::vector<const Submission*> submissions;  // in order
    std::map<uint64_t, size_t> copies;           // by life
    size_t twins = 0;                            // by other writers
    const Submission* settled = nullptr;         // the last under kExactlyOnce
  };
  // How many copies there may be.
  struct Bounds {
    size_t least = 0;
    size_t most = 0;          // while the stream lives its first life
    size_t most_a_life = 0;   // later
    size_t most_lives = 0;    // later
    bool deceivable = false;  // another writer's equal bytes may be taken for ours
  };

  void CheckAckIn(const Stream& stream, Submission& submission);
  void CheckUnread(Submission& submission);
  void Count(const Stream& stream);
  static Bounds BoundsOf(const Account& account);
  void CheckAccount(const Account& account);
  void CheckNothing(const Account& account);
  void Fail(const Submission& submission, absl::string_view what);

  World* const world_;
  Server* const server_;
  std::vector<std::unique_ptr<Submission>> submissions_;
  std::map<std::string, Account> accounts_;  // by key
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_LEDGER_H_
