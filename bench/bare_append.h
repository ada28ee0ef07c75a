// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_BARE_APPEND_H_
#define S2_BENCH_BARE_APPEND_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <cstddef>
#include <deque>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/rpc/v1/stream.grpc.pb.h"

namespace s2::bench {

// An append stream as one writes it who knows gRPC and needs no more than this: a window of unacked
// bytes, one write and one read under way, nothing done under the lock. It does not survive its
// stream, keeps no batch that was written, and times nothing.
class BareAppend : public grpc::ClientBidiReactor<v1::AppendInput, v1::AppendAck> {
 public:
  // `cork`: a write that another is certain to follow may wait for it.
  BareAppend(rpc::v1::StreamService::StubInterface& stub, size_t window, bool cork);
  // Finish has returned.
  ~BareAppend() override = default;

  // Blocks while the window is full.
  void Append(v1::AppendInput&& input) ABSL_LOCKS_EXCLUDED(mu_);

  // Waits for the next acks, or takes those that have come.
  std::vector<v1::AppendAck> WaitAcks() ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<v1::AppendAck> TakeAcks() ABSL_LOCKS_EXCLUDED(mu_);

  // Half-closes and waits for the end. All is acked.
  grpc::Status Finish() ABSL_LOCKS_EXCLUDED(mu_);

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(const grpc::Status& status) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Write(const v1::AppendInput& input, bool more_follows);

  const size_t window_;
  const bool cork_;
  grpc::ClientContext context_;
  v1::AppendAck ack_;  // of the read under way

  absl::Mutex mu_;
  // The first is being written.
  std::deque<v1::AppendInput> unwritten_ ABSL_GUARDED_BY(mu_);
  // The sizes of the unacked, and their sum.
  std::deque<size_t> unacked_ ABSL_GUARDED_BY(mu_);
  size_t unacked_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  // Not yet taken.
  std::vector<v1::AppendAck> acks_ ABSL_GUARDED_BY(mu_);
  bool done_ ABSL_GUARDED_BY(mu_) = false;
  grpc::Status status_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::bench

#endif  // S2_BENCH_BARE_APPEND_H_
