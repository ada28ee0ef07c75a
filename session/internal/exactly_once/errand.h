// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_EXACTLY_ONCE_ERRAND_H_
#define S2_SESSION_INTERNAL_EXACTLY_ONCE_ERRAND_H_

#include <functional>

#include "absl/status/statusor.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/append_session.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

class Errand;

// What becomes of errands: their answers. Called on any thread and under no lock, by errands that
// may be over already.
class ErrandEvents {
 public:
  virtual ~ErrandEvents() = default;

  // The answer of a LoneAppend.
  virtual void OnAppended(const Errand& errand, const absl::StatusOr<v1::AppendAck>& answer) = 0;

  // An answer of a ReadBack: records, or the end, of the range or the stream.
  virtual void OnReadBack(const Errand& errand, absl::StatusOr<ReadResult> answer) = 0;
};

// The means to run errands on one stream: opens sessions there, whose callbacks wait for nobody's.
struct ErrandSessions {
  std::function<AppendSession(const AppendSessionOptions& options)> append;
  std::function<ReadSession(const rpc::v1::ReadRequest& request, const ReadSessionOptions& options)>
      read;
};

// What a kExactlyOnce session asks the server outside its own stream, through a session that is
// made for it: so with time limits, retries and a budget of their own. Destroying an errand ends
// it. Nothing of it is done under a lock.
class Errand {
 public:
  virtual ~Errand() = default;

  // Asks. Again only after an answer, and only if the kind of errand has more than one.
  virtual void Ask() = 0;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_EXACTLY_ONCE_ERRAND_H_
