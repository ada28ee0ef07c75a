// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_LEDGER_H_
#define S2_TESTS_SIMULATION_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "s2/session/append_ticket.h"
#include "s2/tests/simulation/server.h"
#include "s2/tests/simulation/stream.h"
#include "s2/tests/simulation/world.h"

namespace s2::simulation {

// A batch that a session has taken, and what became of it.
struct Submission {
  int writer;
  size_t number;    // of the writer's, from 0
  bool may_double;  // the policy allows copies
  Input input;
  size_t bytes;
  AppendTicket ticket;
  int writes = 0;                               // to the network
  int callbacks = 0;                            // the ticket's
  std::optional<uint64_t> life = std::nullopt;  // it was acked there
};

// What tells a batch from others.
inline const std::string& Key(const v1::AppendInput& input) { return input.records(0).body(); }

// All batches of all sessions, held against the streams: what an ack says is there, and at the end
// everything is as every ticket said.
class Ledger {
 public:
  Ledger(World* world, Server* server) : world_(world), server_(server) {}

  Submission* Add(Submission submission);

  // A ticket has its ack.
  void CheckAck(Submission& submission);

  // Nothing more will ever come to any stream.
  void CheckEnd();

 private:
  struct Copies {
    std::vector<const Submission*> submissions;
    size_t count = 0;
  };

  void Count(const Stream& stream);
  void CheckCopies(const std::string& key, const Copies& copies);

  World* const world_;
  Server* const server_;
  std::vector<std::unique_ptr<Submission>> submissions_;
  std::unordered_map<std::string, Copies> copies_;  // by key; not for walks, whose order is chance
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_LEDGER_H_
