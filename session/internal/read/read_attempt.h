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

namespace s2::internal {

class ReadCore;

// One stream of a read session: hands the events of its call to the session, if that still lives,
// and owns the messages that the call may touch. It never retries. Its call keeps it alive; it does
// not know the call, so that there is no circle.
class ReadAttempt : public CallEvents {
 public:
  ReadAttempt(std::weak_ptr<ReadCore> core, rpc::v1::ReadRequest what)
      : request(std::move(what)), core_(std::move(core)) {}

  void OnAccepted() override;
  void OnRead(bool ok) override;
  void OnWrite(bool) override {}
  void OnDone(const absl::Status& status) override;

  const rpc::v1::ReadRequest request;
  // What is being read. The call's while a Read is under way; the session's otherwise.
  ReadFrame frame;

 private:
  const std::weak_ptr<ReadCore> core_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_ATTEMPT_H_
