// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_BARE_READ_H_
#define S2_BENCH_BARE_READ_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <cstddef>
#include <deque>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/rpc/v1/stream.grpc.pb.h"

namespace s2::bench {

// A read stream as one writes it who knows gRPC and needs no more than this: batches go from the
// reaction to one consumer, and no more than a window of them is held.
class BareRead : public grpc::ClientReadReactor<v1::ReadBatch> {
 public:
  BareRead(rpc::v1::StreamService::StubInterface& stub, size_t window);
  // Finish has returned.
  ~BareRead() override = default;

  // Waits for the next batch; nothing at the end.
  std::optional<v1::ReadBatch> Next() ABSL_LOCKS_EXCLUDED(mu_);

  void Cancel() { context_.TryCancel(); }

  // Waits for the end.
  grpc::Status Finish() ABSL_LOCKS_EXCLUDED(mu_);

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(const grpc::Status& status) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Held {
    v1::ReadBatch batch;
    size_t bytes;
  };

  const size_t window_;
  const rpc::v1::ReadRequest request_;
  grpc::ClientContext context_;
  v1::ReadBatch batch_;  // of the read under way

  absl::Mutex mu_;
  std::deque<Held> held_ ABSL_GUARDED_BY(mu_);
  size_t held_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool reading_ ABSL_GUARDED_BY(mu_) = true;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
  grpc::Status status_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::bench

#endif  // S2_BENCH_BARE_READ_H_
