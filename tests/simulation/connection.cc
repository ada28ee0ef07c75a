// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/connection.h"

#include <utility>

namespace s2::simulation {
namespace {

absl::Duration DrawSlowness(Dice dice) {
  switch (dice.Pick(4)) {
    case 0:
      return absl::Milliseconds(150);
    case 1:
      return absl::Milliseconds(20);
    default:
      return absl::Milliseconds(1);
  }
}

std::string Brief(const absl::Status& status) {
  return status.ToString(absl::StatusToStringMode::kWithNoExtraData);
}

}  // namespace

Connection::Connection(World* world, Dice dice, std::string name, int owner, Observer* observer,
                       std::shared_ptr<internal::CallEvents> events)
    : world_(world),
      name_(std::move(name)),
      owner_(owner),
      observer_(observer),
      slowness_(DrawSlowness(dice.Fork(0))),
      dice_(dice),
      up_(std::make_shared<Pipe>(world)),
      down_(std::make_shared<Pipe>(world)),
      events_(std::move(events)) {}

Connection::~Connection() = default;

void Connection::Open(Connect connect) {
  if (dice_.OneIn(8)) {
    opening_ = true;
    connect(shared_from_this());
    opening_ = false;
    return;
  }
  up_->Send(Latency(), [self = shared_from_this(), connect = std::move(connect)]() mutable {
    connect(std::move(self));
  });
}

void Connection::Read(v1::AppendAck* ack) {
  StartRead([ack](Message&& message) { *ack = std::get<v1::AppendAck>(std::move(message)); });
}

void Connection::Read(v1::ReadBatch* batch) {
  StartRead([batch](Message&& message) { *batch = std::get<v1::ReadBatch>(std::move(message)); });
}

void Connection::StartRead(std::function<void(Message&&)> target) {
  if (over_) return;
  if (read_) world_->Fail("Read while one is under way");
  read_ = std::move(target);
  Progress();
}

void Connection::Write(const v1::AppendInput& input, bool more_follows) {
  observer_->OnWrite(input);
  if (over_) return;
  if (!accepted_) world_->Fail("Write before the session was accepted");
  if (write_ != nullptr) world_->Fail("Write while one is under way");
  if (half_closed_) world_->Fail("Write after WritesDone");
  write_ = &input;
  more_follows_ = more_follows;
  corked_.push_back(std::make_shared<const v1::AppendInput>(input));
  if (!more_follows) {
    for (Input& each : std::exchange(corked_, {})) {
      SendUp([each = std::move(each)](Handler& handler) { handler.OnInput(each); });
    }
  }
  if (stuck_) return;
  write_posted_ = true;
  Post(dice_.OneIn(4) ? Latency() : absl::ZeroDuration(), &Connection::FinishWrite);
}

void Connection::WritesDone() {
  if (over_) return;
  if (write_ != nullptr) world_->Fail("WritesDone while a Write is under way");
  if (std::exchange(half_closed_, true)) world_->Fail("WritesDone twice");
  SendUp([](Handler& handler) { handler.OnHalfClose(); });
}

void Connection::Cancel() {
  if (events_ == nullptr || std::exchange(given_up_, true)) return;
  world_->Log(name_, " is given up");
  observer_->OnOver(nullptr);
  if (over_) return;
  Over(absl::CancelledError("cancelled"));
  BreakUp();
}

void Connection::Accept() {
  const auto accept = [self = shared_from_this()] {
    if (self->over_) return;
    self->accepted_ = true;
    self->events_->OnAccepted();
  };
  if (opening_) return accept();
  down_->Send(Latency(), accept);
}

void Connection::SendMessage(Message message) {
  down_->Send(Latency(), [self = shared_from_this(), message = std::move(message)]() mutable {
    self->inbox_.push_back(std::move(message));
    self->Progress();
  });
}

void Connection::End(const absl::Status& status) {
  handler_.reset();
  if (opening_ && !accepted_) return Over(status);
  down_->Send(Latency(), [self = shared_from_this(), status] {
    self->end_ = status;
    self->Progress();
  });
}

void Connection::Cut() {
  world_->Log(name_, " is cut");
  BreakUp();
  const auto hear = [self = shared_from_this()] {
    if (self->over_ || self->end_) return;
    if (self->dice_.OneIn(2)) self->inbox_.clear();
    self->end_ = absl::UnavailableError("connection reset");
    self->Progress();
  };
  down_->Break(dice_.Pick(down_->size() + 1), Latency(), hear);
}

void Connection::Freeze(bool up, bool down) {
  world_->Log(name_, " is frozen", up ? " up" : "", down ? " down" : "");
  if (up) up_->Freeze();
  if (down) down_->Freeze();
}

bool Connection::TakeLie() {
  if (!std::exchange(lie_, false)) return false;
  world_->Log(name_, " is lied to");
  observer_->OnLie();
  return true;
}

// Much of it at once, the rest up to what this connection is like.
absl::Duration Connection::Latency() {
  return dice_.OneIn(4) ? dice_.UpTo(slowness_ * 8) : dice_.UpTo(slowness_);
}

// How late comes what the connection no longer speaks for: before or after its successor's, or when
// nobody thinks of it any more.
absl::Duration Connection::Lateness() {
  switch (dice_.Pick(4)) {
    case 0:
      return dice_.UpTo(absl::Seconds(30));
    case 1:
      return dice_.UpTo(absl::Seconds(1));
    default:
      return dice_.UpTo(absl::Milliseconds(20));
  }
}

void Connection::SendUp(absl::AnyInvocable<void(Handler&)> arrive) {
  up_->Send(Latency(), [self = shared_from_this(), arrive = std::move(arrive)]() mutable {
    if (auto handler = self->handler_.lock()) arrive(*handler);
  });
}

void Connection::Post(absl::Duration delay, void (Connection::*event)()) {
  ++posted_;
  world_->After(delay, [self = shared_from_this(), event] {
    --self->posted_;
    ((*self).*event)();
    self->TryDone();
  });
}

// Gives the Read under way what there is: a message, or the end.
void Connection::Progress() {
  if (over_ || !read_ || read_posted_) return;
  if (inbox_.empty()) {
    if (end_) Over(*end_);
    return;
  }
  read_posted_ = true;
  Post(absl::ZeroDuration(), &Connection::FinishRead);
}

// A message that was there when the session gave up may still be handed over.
void Connection::FinishRead() {
  read_posted_ = false;
  const std::function<void(Message &&)> read = std::exchange(read_, nullptr);
  if (inbox_.empty() || (over_ && dice_.OneIn(2))) return events_->OnRead(false);
  Message message = std::move(inbox_.front());
  inbox_.pop_front();
  if (!over_) {
    if (const auto* ack = std::get_if<v1::AppendAck>(&message)) observer_->OnAck(*ack);
    if (const auto* batch = std::get_if<v1::ReadBatch>(&message)) observer_->OnBatch(*batch);
    SendUp([](Handler& handler) { handler.OnRoom(); });
  }
  read(std::move(message));
  events_->OnRead(true);
}

void Connection::FinishWrite() {
  write_posted_ = false;
  if (stuck_ && !over_) return;
  if (write_->records_size() == 0) world_->Fail("a message was changed while it was written");
  const bool ok = !over_;
  const bool must_follow = ok && std::exchange(more_follows_, false);
  write_ = nullptr;
  events_->OnWrite(ok);
  if (must_follow && write_ == nullptr && !over_) world_->Fail("a corked write was the last");
}

void Connection::Over(const absl::Status& status) {
  over_ = true;
  status_ = status;
  if (read_ && !std::exchange(read_posted_, true)) Post(Latency() / 8, &Connection::FinishRead);
  if (write_ != nullptr && !std::exchange(write_posted_, true)) {
    Post(Latency() / 8, &Connection::FinishWrite);
  }
  TryDone();
}

void Connection::BreakUp() {
  up_->Break(dice_.Pick(up_->size() + 1), Lateness(), [self = shared_from_this()] {
    if (auto handler = self->handler_.lock()) handler->OnGone();
  });
}

void Connection::TryDone() {
  if (!over_ || posted_ > 0 || done_) return;
  done_ = true;
  if (opening_ && !accepted_) return Done();
  world_->After(absl::ZeroDuration(), [self = shared_from_this()] { self->Done(); });
}

void Connection::Done() {
  const std::shared_ptr<internal::CallEvents> events = std::exchange(events_, nullptr);
  if (!given_up_) {
    if (world_->tracing()) world_->Log(name_, " is over: ", Brief(status_));
    observer_->OnOver(&status_);
  }
  events->OnDone(status_);
  BreakUp();
  down_->Break(0, absl::ZeroDuration(), [] {});
}

}  // namespace s2::simulation
