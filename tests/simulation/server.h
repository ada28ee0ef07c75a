// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_SERVER_H_
#define S2_TESTS_SIMULATION_SERVER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/tests/simulation/connection.h"
#include "s2/tests/simulation/stream.h"
#include "s2/tests/simulation/world.h"

namespace s2::simulation {

class Server;

// The server's end of a connection; the server keeps it until it is over.
class ServerEnd : public Handler {
 public:
  ServerEnd(Server* server, std::shared_ptr<Connection> connection);

  void OnGone() override { Forget(); }
  // More of the stream is durable.
  virtual void OnDurable() = 0;
  // The server leaves.
  virtual void Leave() = 0;
  // Tells the client `status`, and forgets it.
  void End(const absl::Status& status);
  // What it served is lost; by default that is the end.
  virtual void OnLoss() { Forget(); }

  bool over() const { return over_; }
  Connection& connection() { return *connection_; }

 protected:
  Server& server() { return *server_; }
  const Stream& stream() const;

 private:
  void Forget();

  Server* const server_;
  const std::shared_ptr<Connection> connection_;
  bool over_ = false;
};

// A model of S2, told as plainly as can be: one stream in its successive lives, its sessions, and
// what can befall them. What it says is true: an error that is free of side effects had none.
class Server {
 public:
  Server(World* world, Dice dice);

  // A connection comes; `request` null: to append.
  void Serve(std::shared_ptr<Connection> connection, const rpc::v1::ReadRequest* request);
  // A batch of somebody else's comes.
  void AppendForeign(const Input& input) { Append(input, kForeign); }

  // What can befall it.

  // Connections are refused for so long.
  void Refuse(absl::Duration time) { refuses_until_ = world_->Now() + time; }
  // All connections break. Killed, it loses what is pending, or (in memory) everything; stopped, it
  // does not.
  void Restart();
  // The stream is gone, and there again after `time`, empty.
  void Delete(absl::Duration time);
  // The end of the next stream that is opened to append, or to read; or to which a batch comes.
  void FailAppendOpen(const absl::Status& error) { append_open_error_ = error; }
  void FailReadOpen(const absl::Status& error) { read_open_error_ = error; }
  void FailInput(const absl::Status& error) { input_error_ = error; }
  // The server's end of this connection leaves, or breaks off.
  void Leave(const Connection& connection);
  void End(const Connection& connection, const absl::Status& error);
  // Heartbeats stop for so long.
  void Mute(absl::Duration time) { muted_until_ = world_->Now() + time; }
  // For so long each reader's connection ends behind a heartbeat.
  void HangUp(absl::Duration time) { hangs_up_until_ = world_->Now() + time; }
  // Records are dropped: from the first on, up to the tail maybe, or some in between.
  void Trim();
  void Expire();
  // Nothing of that any more.
  void Heal();

  // For its ends.
  void OnForgotten();
  Verdict Append(const Input& input, int writer, bool stray = false);
  std::optional<absl::Status> TakeInputError() { return std::exchange(input_error_, std::nullopt); }
  bool muted() const { return world_->Now() < muted_until_; }
  bool hangs_up() const { return world_->Now() < hangs_up_until_; }
  World& world() { return *world_; }
  Dice& dice() { return dice_; }

  const std::shared_ptr<Stream>& stream() const { return lives_.back(); }
  const std::vector<std::shared_ptr<Stream>>& lives() const { return lives_; }

 private:
  absl::Status Refusal(bool read);
  void Live();
  void TellDurable();
  ServerEnd* Find(const Connection& connection);

  World* const world_;
  Dice dice_;
  const absl::Duration durability_;  // how long it takes, at the most
  std::vector<std::shared_ptr<Stream>> lives_;
  bool exists_ = false;    // the last of them
  uint64_t losses_ = 0;    // of what was pending
  absl::Time durable_at_;  // all that is pending
  std::vector<std::shared_ptr<ServerEnd>> ends_;

  absl::Time refuses_until_ = absl::InfinitePast();
  absl::Time muted_until_ = absl::InfinitePast();
  absl::Time hangs_up_until_ = absl::InfinitePast();
  std::optional<absl::Status> append_open_error_;
  std::optional<absl::Status> read_open_error_;
  std::optional<absl::Status> input_error_;
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_SERVER_H_
