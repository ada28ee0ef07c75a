// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_SIMULATION_H_
#define S2_TESTS_SIMULATION_SIMULATION_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "s2/tests/simulation/ledger.h"
#include "s2/tests/simulation/reader.h"
#include "s2/tests/simulation/schedule.h"
#include "s2/tests/simulation/server.h"
#include "s2/tests/simulation/world.h"
#include "s2/tests/simulation/writer.h"

namespace s2::simulation {

struct Outcome {
  std::optional<std::string> violation;  // the first
  // Steps that did something.
  size_t operations = 0;
  size_t faults = 0;
  size_t events = 0;
};

// Plays a schedule from beginning to end: the steps; then the network heals, and all must come to
// an end; then everything is destroyed, what is still under way arrives, and nothing may be left.
class Simulation {
 public:
  Simulation(const Schedule& schedule, World::Trace trace);
  ~Simulation();

  // Once.
  Outcome Run();

 private:
  bool Do(const Step& step);
  bool DoWriter(Act act, int who, Dice dice);
  bool DoReader(Act act, int who, Dice dice);
  bool DoFault(Act act, int who, Dice dice);
  bool OpenWriter(int who, Dice dice);
  bool OpenReader(int who, Dice dice);
  void AppendForeign(Dice dice);
  void Fail(Connection& connection, bool reader, Dice dice);
  // The connection of this writer, or of some reader; null: none.
  std::shared_ptr<Connection> Pick(int who, Dice& dice, bool reader);

  void End();
  void Check();
  // Runs until `over` says so; a violation if it never does.
  template <typename F>
  void RunUntil(F over, absl::string_view what);

  const Schedule& schedule_;
  World world_;
  Server server_;
  Ledger ledger_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<Writer*> writer_at_;  // the last of each place
  std::vector<Reader*> reader_at_;
  size_t steps_done_ = 0;
  int foreign_ = 0;
  Outcome outcome_;
};

// Plays it.
Outcome Simulate(const Schedule& schedule, World::Trace trace = nullptr);

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_SIMULATION_H_
