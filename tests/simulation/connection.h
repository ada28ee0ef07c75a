// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_CONNECTION_H_
#define S2_TESTS_SIMULATION_CONNECTION_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/session/internal/transport.h"
#include "s2/tests/simulation/pipe.h"
#include "s2/tests/simulation/stream.h"
#include "s2/tests/simulation/world.h"

namespace s2::simulation {

// The server's end of a connection.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void OnInput(Input input) {}
  virtual void OnHalfClose() {}
  // The client has taken a message.
  virtual void OnRoom() {}
  // The client is gone, and all that will ever come from it has come.
  virtual void OnGone() = 0;
};

// Sees what a session does on its connections, as its user cannot.
class Observer {
 public:
  virtual ~Observer() = default;
  // `request` null: to append. Who is to see what happens on it.
  virtual Observer* OnOpen(const rpc::v1::ReadRequest* request) = 0;
  // The session hands it over.
  virtual void OnWrite(const v1::AppendInput& input) {}
  // The session is about to be given it.
  virtual void OnAck(const v1::AppendAck& ack) {}
  virtual void OnBatch(const v1::ReadBatch& batch) {}
  // The server has told it something that it can see is not true.
  virtual void OnLie() {}
  // The session gives it up, or (`status`) is about to be told that it is over.
  virtual void OnOver(const absl::Status* status) {}
};

// One stream between a session and the server: the client's end as gRPC shows it, and the network,
// which delays, cuts and swallows. What was under way when it ends may still arrive, late. Fails
// the simulation when the session breaks the rules of the seam.
class Connection : public internal::AppendCall,
                   public internal::ReadCall,
                   public std::enable_shared_from_this<Connection> {
 public:
  // Knows its server's end from the first message on.
  using Connect = absl::AnyInvocable<void(std::shared_ptr<Connection>)>;

  Connection(World* world, Dice dice, std::string name, int owner, Observer* observer,
             std::shared_ptr<internal::CallEvents> events);
  ~Connection() override;

  // `connect` runs when the server hears of it: at once, even before this returns, if the dice say
  // so.
  void Open(Connect connect);

  // The session's end.
  void Read(v1::AppendAck* ack) override;
  void Read(v1::ReadBatch* batch) override;
  void Write(const v1::AppendInput& input, bool more_follows) override;
  void WritesDone() override;
  void Cancel() override;

  // The server's end.
  void Attach(const std::shared_ptr<Handler>& handler) { handler_ = handler; }
  void Accept();
  void Send(v1::AppendAck ack) { SendMessage(std::move(ack)); }
  void Send(v1::ReadBatch batch) { SendMessage(std::move(batch)); }
  void End(const absl::Status& status);
  // May the server send more, or is the client too slow?
  bool has_room() const { return down_->size() + inbox_.size() < kWindow; }

  // Faults.
  // Breaks; each end hears of it in its own time.
  void Cut();
  // Nothing arrives any more, and nobody is told.
  void Freeze(bool up, bool down);
  // No write completes any more.
  void StickWrites() { stuck_ = true; }
  // No ack comes any more; or the next message from the server is a lie.
  void WithholdAcks() { withheld_ = true; }
  void Lie() { lie_ = true; }

  bool withheld() const { return withheld_; }
  bool TakeLie();
  int owner() const { return owner_; }
  const std::string& name() const { return name_; }
  // The session still counts on it.
  bool live() const { return !over_ && !end_; }
  // Its client has given it up, and some of what it sent is still under way.
  bool haunting() const { return over_ && up_->size() > 0; }

 private:
  using Message = std::variant<v1::AppendAck, v1::ReadBatch>;
  static constexpr size_t kWindow = 4;

  absl::Duration Latency();
  absl::Duration Lateness();
  void StartRead(std::function<void(Message&&)> target);
  void SendMessage(Message message);
  void SendUp(absl::AnyInvocable<void(Handler&)> arrive);
  void Post(absl::Duration delay, void (Connection::*event)());
  void Progress();
  void FinishRead();
  void FinishWrite();
  void Over(const absl::Status& status);
  void BreakUp();
  void TryDone();
  void Done();

  World* const world_;
  const std::string name_;
  const int owner_;
  Observer* const observer_;
  const absl::Duration slowness_;
  Dice dice_;
  const std::shared_ptr<Pipe> up_;
  const std::shared_ptr<Pipe> down_;
  std::weak_ptr<Handler> handler_;

  std::shared_ptr<internal::CallEvents> events_;  // until OnDone
  bool opening_ = false;                          // inside Open
  bool accepted_ = false;
  std::deque<Message> inbox_;            // arrived, not read
  std::optional<absl::Status> end_;      // how it ends behind inbox_
  std::function<void(Message&&)> read_;  // the Read under way
  bool read_posted_ = false;
  const v1::AppendInput* write_ = nullptr;  // the Write under way
  bool write_posted_ = false;
  bool more_follows_ = false;
  std::deque<Input> corked_;  // written, kept for the next Write
  bool half_closed_ = false;
  bool stuck_ = false;
  bool withheld_ = false;
  bool lie_ = false;
  bool over_ = false;    // ended or given up: verbs do nothing
  absl::Status status_;  // for OnDone
  bool given_up_ = false;
  int posted_ = 0;     // events to come
  bool done_ = false;  // OnDone is to come, or has come
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_CONNECTION_H_
