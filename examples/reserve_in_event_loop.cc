// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// One thread that must never wait: it asks for room and goes on; its event loop brings the permit.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "s2/examples/run_example.h"
#include "s2/record/record.h"

namespace {

// Runs the library's callbacks too.
class EventLoop : public s2::Executor {
 public:
  void Run(absl::AnyInvocable<void()> work) override {
    const std::lock_guard<std::mutex> lock(mu_);
    work_.push_back(std::move(work));
    there_is_some_.notify_one();
  }
  absl::AnyInvocable<void()> Next() {
    std::unique_lock<std::mutex> lock(mu_);
    there_is_some_.wait(lock, [this] { return !work_.empty(); });
    absl::AnyInvocable<void()> work = std::move(work_.front());
    work_.pop_front();
    return work;
  }

 private:
  std::mutex mu_;
  std::condition_variable there_is_some_;
  std::deque<absl::AnyInvocable<void()>> work_;  // guarded by mu_
};

absl::Status AppendOn(EventLoop& loop, const s2::Stream& stream) {
  absl::StatusOr<s2::AppendSession> session = stream.OpenAppendSession();
  if (!session.ok()) return session.status();
  int left = 100;
  std::optional<absl::Status> result;  // of Close, which tells of all errors
  std::function<void()> reserve = [&] {
    session->ReserveAsync(1024, [&](absl::StatusOr<s2::AppendPermit> permit) {
      const bool ok = permit.ok() && permit->Submit(s2::MakeInput({s2::MakeRecord("event")})).ok();
      if (ok && --left > 0) return reserve();
      session->CloseAsync(absl::InfiniteFuture(), [&](const absl::Status& s) { result = s; });
    });
  };
  reserve();
  while (!result) loop.Next()();
  return *result;
}

}  // namespace

int main(int argc, char** argv) {
  const auto loop = std::make_shared<EventLoop>();
  s2::ConnectOptions options;
  options.client.executor = loop;
  const auto story = [&](const s2::Stream& stream) { return AppendOn(*loop, stream); };
  return examples::RunExample(argc, argv, story, options);
}
