// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_EMULATOR_H_
#define S2_EMULATOR_EMULATOR_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/emulator/faults.h"
#include "s2/retry/clock.h"

namespace grpc {
class Channel;
class ChannelArguments;
class ServerCredentials;
namespace experimental {
class ClientInterceptorFactoryInterface;
}  // namespace experimental
}  // namespace grpc

namespace s2 {
namespace emulator {
class Core;
}  // namespace emulator
namespace server {
class Meter;
class Servers;
}  // namespace server

// How an emulator behaves.
struct EmulatorOptions {
  // Time, for timestamps, waits, heartbeats and deletion. Null: Clock::System().
  std::shared_ptr<Clock> clock;
  // Draws a number in [0, 1): the gap between two heartbeats is 5 s and this share of 10 s more.
  // Called in any thread. Null: a random generator of the emulator's own.
  std::function<double()> random;
  // The memory that all records together may take, in bytes. An append that would take more fails
  // with `quota_exhausted`, unless all its records are commands. 0: no limit.
  size_t max_memory_bytes = 0;
  // How long a basin or stream that was deleted keeps its name; calls on it fail meanwhile, and say
  // that it is being deleted. Default: 1 s.
  absl::Duration deletion_hold = absl::Seconds(1);
};

// What an emulator holds.
struct EmulatorStats {
  // Memory that its records take.
  size_t held_bytes = 0;
  // Records that are not trimmed, and their metered bytes. Records are dropped in chunks, so some
  // that are trimmed may still count.
  uint64_t records = 0;
  size_t metered_bytes = 0;
};

// S2 in memory: the services StreamService, BasinService and AccountService, served in process and,
// on demand, on addresses. It behaves as S2 does, except that durability is immediate, that
// trimming takes effect at once, and that records of an encrypted stream are kept as they come (a
// call without s2-encryption-key is refused, but any key will do). Access tokens, metrics and
// locations answer `not_implemented`. Thread safe.
//
// Memory: at most 1.5 times the metered bytes and 64 bytes a record, unless a record has many
// headers of fewer than six bytes each (then up to twice).
class Emulator {
 public:
  explicit Emulator(EmulatorOptions options = {});
  // Ends all calls and waits for their end; so not inside a gRPC reaction. Channels that are left
  // may be used: their calls fail with UNAVAILABLE.
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  // A new channel to this emulator, without a network; with arguments and interceptors of its own.
  // Null: in a child that was forked too late (docs/fork.md).
  std::shared_ptr<grpc::Channel> InProcessChannel();
  std::shared_ptr<grpc::Channel> InProcessChannel(
      const grpc::ChannelArguments& arguments,
      std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
          interceptors);

  // Serves on "host:port" (port 0: any) or "unix:/path" too; without credentials in the clear.
  // Returns the port; 0 for a unix socket.
  absl::StatusOr<int> Listen(const std::string& address,
                             std::shared_ptr<grpc::ServerCredentials> credentials = nullptr);

  // Breaks the connections of all addresses that Listen serves, and serves none of them any more.
  // Records stay, and Listen may be called again.
  void StopListening();

  // What a test orders to go wrong.
  Faults& faults();

  // What gRPC's health service says, where it is enabled. At first: it serves.
  void SetServing(bool serving);

  // Delivers the acks that are owed, and ends each session with `server_draining`, `reconnect` and
  // the number of inputs it took. Calls that come meanwhile wait; then connections are told to go,
  // and those calls end with `server_draining` and `reconnect` too. What is left at `deadline`, on
  // the wall clock, is cut. Blocks until all calls have ended, and a second more, at the most, for
  // clients to close their connections.
  void Drain(absl::Time deadline);

  EmulatorStats stats() const;

  // What its calls do, for the program s2-emulator. Lives as long as the emulator.
  server::Meter& meter();

 private:
  const std::shared_ptr<emulator::Core> core_;
  const std::shared_ptr<server::Servers> servers_;
};

}  // namespace s2

#endif  // S2_EMULATOR_EMULATOR_H_
