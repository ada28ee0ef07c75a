// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_READ_END_H_
#define S2_TESTS_SIMULATION_READ_END_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/tests/simulation/server.h"

namespace s2::simulation {

// The server's end of a read session: what is stored, in batches of some size; then, if it may
// follow, a heartbeat, and batches as they become durable, heartbeats between them.
class ReadEnd : public ServerEnd, public std::enable_shared_from_this<ReadEnd> {
 public:
  ReadEnd(Server* server, std::shared_ptr<Connection> connection,
          const rpc::v1::ReadRequest& request);

  // Where to begin: OK, or the refusal of the request.
  absl::Status Resolve();
  // It has been accepted.
  void Start() { Progress(); }

  void OnRoom() override { Progress(); }
  void OnDurable() override { Progress(); }
  void Leave() override;

 private:
  bool may_follow() const;
  bool Exhausted() const;
  void Progress();
  void SendStored(uint64_t limit);
  void Follow();
  void Heartbeat();
  void HangUp();
  void ArmHeartbeat();
  void ArmWait();

  rpc::v1::ReadRequest request_;  // count and bytes: what is left of them
  uint64_t position_ = 0;
  uint64_t stop_ = 0;       // the tail when it began
  bool stopped_ = false;    // by a limit
  bool following_ = false;  // it has told the tail
  uint64_t beats_ = 0;      // pauses begun; the last one counts
  std::optional<absl::Time> wait_until_;
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_READ_END_H_
