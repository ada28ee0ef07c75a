// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/errand.h"

#include <deque>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "s2/session/internal/append/append_core.h"
#include "s2/session/internal/make_session.h"

namespace s2::internal {
namespace {

// Runs what it is given in the thread that brings it, one after the other: settling does not wait
// for users' callbacks.
class InlineExecutor : public Executor {
 public:
  void Run(absl::AnyInvocable<void()> work) override ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      queue_.push_back(std::move(work));
      if (running_) return;
      running_ = true;
    }
    while (absl::AnyInvocable<void()> next = Next()) next();
  }

 private:
  absl::AnyInvocable<void()> Next() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    running_ = !queue_.empty();
    if (!running_) return nullptr;
    absl::AnyInvocable<void()> next = std::move(queue_.front());
    queue_.pop_front();
    return next;
  }

  absl::Mutex mu_;
  std::deque<absl::AnyInvocable<void()>> queue_ ABSL_GUARDED_BY(mu_);
  bool running_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

ErrandContext MakeErrandContext(std::string stream, std::shared_ptr<Transport> transport,
                                Runtime runtime, const AppendSessionOptions& options) {
  runtime.executor = std::make_shared<InlineExecutor>();
  runtime.log = nullptr;  // a user's, too
  return {std::move(stream), std::move(transport), std::move(runtime), options};
}

void LoneAppend::Ask() {
  AppendSessionOptions options;
  options.retry = context_.options.retry;
  options.open_timeout = context_.options.open_timeout;
  options.ack_timeout = context_.options.ack_timeout;
  session_.emplace(
      MakeAppendSession(context_.stream, context_.transport, context_.runtime, options));
  const auto answer = [core = core_,
                       errand = weak_from_this()](const absl::StatusOr<v1::AppendAck>& ack) {
    const auto live_core = core.lock();
    const auto live_errand = errand.lock();
    if (live_core && live_errand) live_core->OnAppended(*live_errand, ack);
  };
  absl::StatusOr<AppendTicket> ticket = session_->TrySubmit(std::move(input_));
  if (!ticket.ok()) return answer(ticket.status());
  ticket->OnDone(answer);
}

void ReadBack::Ask() {
  if (!session_.has_value()) {
    rpc::v1::ReadRequest request;
    request.set_seq_num(range_.begin);
    request.set_count(range_.end - range_.begin);
    ReadSessionOptions options;
    options.retry = context_.options.retry;
    options.open_timeout = context_.options.open_timeout;
    options.heartbeat_timeout = context_.options.ack_timeout;
    options.max_buffered_bytes = 1;
    session_.emplace(
        MakeReadSession(context_.stream, context_.transport, context_.runtime, request, options));
  }
  session_->NextAsync(
      [core = core_, errand = weak_from_this()](absl::StatusOr<std::optional<ReadResult>> result) {
        const auto live_core = core.lock();
        const auto live_errand = errand.lock();
        if (live_core && live_errand) live_core->OnReadBack(*live_errand, std::move(result));
      });
}

}  // namespace s2::internal
