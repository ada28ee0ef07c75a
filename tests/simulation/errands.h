// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_ERRANDS_H_
#define S2_TESTS_SIMULATION_ERRANDS_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "s2/tests/simulation/connection.h"
#include "s2/tests/simulation/ledger.h"
#include "s2/tests/simulation/server.h"

namespace s2::simulation {

// Sees what a kExactlyOnce session asks apart from its own stream, and so what it can know of a
// batch when it has to give up.
class Errands : public Observer {
 public:
  explicit Errands(const Server* server) : server_(server) {}

  // The session has a stream of its own again: what it asked before is no matter.
  void Reset();
  // That stream has ended with this error.
  void OnFailure(const absl::Status& error);

  // May it be left open whether the session's first batch without an ack had an effect? As
  // docs/exactly-once.md lists it, while the stream lives one life.
  bool MayLeaveOpen(const Submission& submission) const;

  bool lied_to() const { return lied_to_; }

  Observer* OnOpen(const rpc::v1::ReadRequest* request) override;
  void OnAck(const v1::AppendAck& ack) override;
  void OnBatch(const v1::ReadBatch& batch) override;
  void OnLie() override { lied_to_ = true; }
  void OnOver(const absl::Status* status) override;

 private:
  const Server* const server_;
  bool lied_to_ = false;
  std::optional<uint64_t> claim_;  // its fence; positions before it are not its own

  // Since its stream failed.
  bool reads_ = false;             // the errand under way, or the last
  uint64_t durable_ = 0;           // when it began to read
  uint64_t read_to_ = 0;           // behind the last record that it got
  bool read_ = false;              // to the end
  bool fences_ = false;            // it has tried to
  bool outlawed_ = false;          // its token has lost its force
  std::optional<uint64_t> fence_;  // its last one's position
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_ERRANDS_H_
