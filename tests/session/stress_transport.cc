// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/session/stress_transport.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "absl/status/status.h"

namespace s2::internal {

// What calls of both kinds have in common. An event is posted for each verb; a counter holds OnDone
// back until all have run.
template <typename Verbs, typename Message>
class StressTransport::Call : public Verbs,
                              public std::enable_shared_from_this<Call<Verbs, Message>> {
 public:
  Call(StressTransport* server, std::shared_ptr<CallEvents> events)
      : server_(server), events_(std::move(events)) {}

  void Start() {
    absl::MutexLock lock(&mu_);
    PostLocked([this] { events_->OnAccepted(); });
  }

  void Read(Message* message) override {
    absl::MutexLock lock(&mu_);
    if (over_) return;
    EXPECT_EQ(read_, nullptr) << "two reads at once";
    read_ = message;
    ServeLocked();
  }

  void Cancel() override {
    absl::MutexLock lock(&mu_);
    EndLocked(absl::CancelledError("cancelled"));
  }

 protected:
  // Answers the read under way, or ends the call, if it is time to.
  virtual void ServeLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) = 0;

  void PostLocked(std::function<void()> event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    ++pending_;
    server_->Post([self = this->shared_from_this(), event = std::move(event)] {
      event();
      absl::MutexLock lock(&self->mu_);
      --self->pending_;
      self->FinishLocked();
    });
  }

  void AnswerLocked(Message message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    *std::exchange(read_, nullptr) = std::move(message);
    PostLocked([this] { events_->OnRead(true); });
  }

  void EndLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (std::exchange(over_, true)) return;
    status_ = status;
    if (std::exchange(read_, nullptr) != nullptr) PostLocked([this] { events_->OnRead(false); });
    FinishLocked();
  }

  StressTransport* const server_;
  std::shared_ptr<CallEvents> events_;

  absl::Mutex mu_ ABSL_ACQUIRED_BEFORE(server_->mu_);
  Message* read_ ABSL_GUARDED_BY(mu_) = nullptr;  // under way
  bool over_ ABSL_GUARDED_BY(mu_) = false;

 private:
  void FinishLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (!over_ || pending_ != 0 || std::exchange(done_, true)) return;
    server_->Post([self = this->shared_from_this()] {
      self->events_->OnDone(self->status_);
      self->events_ = nullptr;
      absl::MutexLock lock(&self->server_->mu_);
      --self->server_->calls_;
    });
  }

  bool done_ ABSL_GUARDED_BY(mu_) = false;
  int pending_ ABSL_GUARDED_BY(mu_) = 0;  // events posted that have not run
  absl::Status status_;                   // set before OnDone is posted
};

class StressTransport::WritingCall : public Call<AppendCall, v1::AppendAck> {
 public:
  using Call::Call;

  void Write(const v1::AppendInput& input, bool more_follows) override {
    const v1::AppendInput copy = input;
    absl::MutexLock lock(&mu_);
    if (over_) return;
    EXPECT_FALSE(writing_) << "two writes at once";
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
    ServeLocked();
    if (fate != Fate::kAcked) EndLocked(absl::UnavailableError("cut"));
  }

  void WritesDone() override {
    absl::MutexLock lock(&mu_);
    if (over_) return;
    EXPECT_FALSE(writing_) << "the end of the writes during a write";
    half_closed_ = true;
    ServeLocked();
  }

 private:
  void ServeLocked() override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (read_ != nullptr && !acks_.empty()) {
      AnswerLocked(std::move(acks_.front()));
      acks_.pop_front();
    }
    if (half_closed_ && acks_.empty()) EndLocked(absl::OkStatus());
  }

  std::deque<v1::AppendAck> acks_ ABSL_GUARDED_BY(mu_);
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mu_) = false;
};

class StressTransport::ReadingCall : public Call<ReadCall, v1::ReadBatch> {
 public:
  ReadingCall(StressTransport* server, std::shared_ptr<CallEvents> events,
              const rpc::v1::ReadRequest& request)
      : Call(server, std::move(events)), next_(request.seq_num()) {
    if (request.has_count()) end_ = next_ + request.count();
  }

 private:
  void ServeLocked() override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (next_ == end_) return EndLocked(absl::OkStatus());
    if (server_->Breaks()) return EndLocked(absl::UnavailableError("cut"));
    v1::ReadBatch batch;
    batch.add_records()->set_seq_num(next_++);
    AnswerLocked(std::move(batch));
  }

  uint64_t next_ ABSL_GUARDED_BY(mu_);
  std::optional<uint64_t> end_;
};

StressTransport::StressTransport(unsigned seed) : random_(seed) {
  for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { Work(); });
}

StressTransport::~StressTransport() {
  {
    absl::MutexLock lock(&mu_);
    stop_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

void StressTransport::AwaitQuiet() const {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(this, &StressTransport::QuietLocked));
}

std::shared_ptr<AppendCall> StressTransport::Append(std::shared_ptr<CallEvents> events) {
  return Begin(std::make_shared<WritingCall>(this, std::move(events)));
}

std::shared_ptr<ReadCall> StressTransport::Read(const rpc::v1::ReadRequest& request,
                                                std::shared_ptr<CallEvents> events) {
  return Begin(std::make_shared<ReadingCall>(this, std::move(events), request));
}

std::vector<std::string> StressTransport::log() const {
  absl::MutexLock lock(&mu_);
  return log_;
}

template <typename T>
std::shared_ptr<T> StressTransport::Begin(std::shared_ptr<T> call) {
  {
    absl::MutexLock lock(&mu_);
    ++calls_;
  }
  call->Start();
  return call;
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

bool StressTransport::Breaks() {
  absl::MutexLock lock(&mu_);
  return random_() % 20 == 0;
}

StressTransport::Fate StressTransport::Accept(const v1::AppendInput& input, v1::AppendAck* ack) {
  const bool broken = Breaks();
  absl::MutexLock lock(&mu_);
  if (broken && random_() % 2 == 0) return Fate::kBrokenBefore;
  ack->mutable_start()->set_seq_num(log_.size());
  for (const v1::AppendRecord& record : input.records()) log_.push_back(record.body());
  ack->mutable_end()->set_seq_num(log_.size());
  return broken ? Fate::kBrokenAfter : Fate::kAcked;
}

}  // namespace s2::internal
