// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/session/stress_transport.h"

#include <gtest/gtest.h>

#include <utility>

namespace s2::internal {

// One call. An event is posted for each verb; a counter holds OnDone back until all have run.
class StressTransport::Call : public AppendCall, public std::enable_shared_from_this<Call> {
 public:
  Call(StressTransport* server, std::shared_ptr<CallEvents> events)
      : server_(server), events_(std::move(events)) {}

  void Start() {
    absl::MutexLock lock(&mu_);
    PostLocked([this] { events_->OnAccepted(); });
  }

  void Read(v1::AppendAck* ack) override {
    absl::MutexLock lock(&mu_);
    if (over_) return;
    EXPECT_EQ(ack_, nullptr);
    ack_ = ack;
    DeliverLocked();
  }

  void Write(const v1::AppendInput& input, bool more_follows) override {
    const v1::AppendInput copy = input;
    absl::MutexLock lock(&mu_);
    if (over_) return;
    EXPECT_FALSE(writing_);
    v1::AppendAck ack;
    const Fate fate = server_->Accept(copy, &ack);
    if (fate == Fate::kAcked) acks_.push_back(std::move(ack));
    writing_ = true;
    PostLocked([this] {
      {
        absl::MutexLock lock(&mu_);
        writing_ = false;
      }
      events_->OnWrite(true);
    });
    DeliverLocked();
    if (fate != Fate::kAcked) EndLocked(absl::UnavailableError("cut"));
  }

  void WritesDone() override {
    absl::MutexLock lock(&mu_);
    if (over_) return;
    EXPECT_FALSE(writing_);
    half_closed_ = true;
    DeliverLocked();
  }

  void Cancel() override {
    absl::MutexLock lock(&mu_);
    EndLocked(absl::CancelledError("cancelled"));
  }

 private:
  void PostLocked(std::function<void()> event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    ++pending_;
    server_->Post([self = shared_from_this(), event = std::move(event)] {
      event();
      absl::MutexLock lock(&self->mu_);
      --self->pending_;
      self->FinishLocked();
    });
  }

  void DeliverLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (ack_ != nullptr && !acks_.empty()) {
      *std::exchange(ack_, nullptr) = std::move(acks_.front());
      acks_.pop_front();
      PostLocked([this] { events_->OnRead(true); });
    }
    if (half_closed_ && acks_.empty()) EndLocked(absl::OkStatus());
  }

  void EndLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (std::exchange(over_, true)) return;
    status_ = status;
    if (std::exchange(ack_, nullptr) != nullptr) PostLocked([this] { events_->OnRead(false); });
    FinishLocked();
  }

  void FinishLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (!over_ || pending_ != 0 || std::exchange(done_, true)) return;
    server_->Post([self = shared_from_this()] {
      self->events_->OnDone(self->status_);
      self->events_ = nullptr;
      absl::MutexLock lock(&self->server_->mu_);
      --self->server_->calls_;
    });
  }

  StressTransport* const server_;
  std::shared_ptr<CallEvents> events_;

  absl::Mutex mu_ ABSL_ACQUIRED_BEFORE(server_->mu_);
  v1::AppendAck* ack_ ABSL_GUARDED_BY(mu_) = nullptr;  // of the Read under way
  std::deque<v1::AppendAck> acks_ ABSL_GUARDED_BY(mu_);
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mu_) = false;
  bool over_ ABSL_GUARDED_BY(mu_) = false;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
  int pending_ ABSL_GUARDED_BY(mu_) = 0;  // events posted that have not run
  absl::Status status_;                   // set before OnDone is posted
};

StressTransport::StressTransport(unsigned seed, unsigned break_one_in)
    : break_one_in_(break_one_in), random_(seed) {
  for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { Work(); });
}

StressTransport::~StressTransport() {
  {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(this, &StressTransport::QuietLocked));
    stop_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

std::shared_ptr<AppendCall> StressTransport::Append(std::shared_ptr<CallEvents> events) {
  {
    absl::MutexLock lock(&mu_);
    ++calls_;
  }
  auto call = std::make_shared<Call>(this, std::move(events));
  call->Start();
  return call;
}

std::vector<std::string> StressTransport::log() const {
  absl::MutexLock lock(&mu_);
  return log_;
}

void StressTransport::Post(std::function<void()> task) {
  absl::MutexLock lock(&mu_);
  tasks_.push_back(std::move(task));
}

void StressTransport::Work() {
  while (true) {
    std::function<void()> task;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(this, &StressTransport::WantedLocked));
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

StressTransport::Fate StressTransport::Accept(const v1::AppendInput& input, v1::AppendAck* ack) {
  absl::MutexLock lock(&mu_);
  const bool broken = break_one_in_ != 0 && random_() % break_one_in_ == 0;
  if (broken && random_() % 2 == 0) return Fate::kBrokenBefore;
  ack->mutable_start()->set_seq_num(log_.size());
  for (const v1::AppendRecord& record : input.records()) log_.push_back(record.body());
  ack->mutable_end()->set_seq_num(log_.size());
  return broken ? Fate::kBrokenAfter : Fate::kAcked;
}

}  // namespace s2::internal
