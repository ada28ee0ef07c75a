// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_ATTEMPT_H_
#define S2_SESSION_INTERNAL_READ_READ_ATTEMPT_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/internal/read/read_frame.h"
#include "s2/session/internal/transport.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

class ReadCore;

// One stream of a read session: owns what the call reads and writes to, and passes its events on.
// It outlives the session if the call does.
class ReadAttempt : public CallEvents {
 public:
  ReadAttempt(std::weak_ptr<ReadCore> core, rpc::v1::ReadRequest request)
      : core_(std::move(core)), request_(std::move(request)) {}

  void OnAccepted() override;
  void OnRead(bool ok) override;
  void OnWrite(bool) override {}
  void OnDone(const absl::Status& status) override;

  const rpc::v1::ReadRequest& request() const { return request_; }
  // Where the next Read of the call puts its batch.
  v1::ReadBatch* MakeReady() { return internal::MakeReady(&frame_); }

 private:
  const std::weak_ptr<ReadCore> core_;
  const rpc::v1::ReadRequest request_;
  ReadFrame frame_;  // the call's while a Read is under way
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_ATTEMPT_H_
