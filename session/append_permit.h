// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_APPEND_PERMIT_H_
#define S2_SESSION_APPEND_PERMIT_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "s2/session/append_ticket.h"
#include "s2/v1/s2.pb.h"

namespace s2 {

// Who gave a permit: the session, or a test.
class PermitSource {
 public:
  struct SubmitReservedParams {
    size_t reserved;
    v1::AppendInput& input;  // taken only on success
  };
  struct ReleaseParams {
    size_t reserved;
  };

  virtual ~PermitSource() = default;
  // Submits with `reserved` bytes of capacity; on success all of it is the session's again.
  virtual absl::StatusOr<AppendTicket> SubmitReserved(SubmitReservedParams params) = 0;
  // Takes back capacity that was not used.
  virtual void Release(ReleaseParams params) = 0;
};

// Capacity for one batch, reserved in a session: Submit never blocks. A permit fixes no order;
// Submit does. Destroyed unused, it gives the capacity back. It may outlive the session. Move only;
// not thread safe.
class AppendPermit {
 public:
  AppendPermit(std::shared_ptr<PermitSource> source, size_t bytes)
      : source_(std::move(source)), bytes_(bytes) {}
  AppendPermit(AppendPermit&&) = default;
  AppendPermit& operator=(AppendPermit&& other) noexcept;
  ~AppendPermit();

  // Metered bytes that it is good for; 0 once it is used.
  size_t bytes() const { return source_ == nullptr ? 0 : bytes_; }

  // Submits a batch of at most bytes() metered bytes, and uses the permit up. On an error nothing
  // is submitted, `input` is untouched, and the permit is good still (unless the session has
  // ended). One that is used up, or was moved from, says kInvalid.
  absl::StatusOr<AppendTicket> Submit(v1::AppendInput&& input);

 private:
  void Release();

  std::shared_ptr<PermitSource> source_;  // null: used or moved from
  size_t bytes_;
};

// An asynchronous reserve under way. Destroying it changes nothing. Copyable, thread safe. A verb
// of one that was moved from ends the process.
class AppendReservation {
 public:
  explicit AppendReservation(std::function<void()> cancel) : cancel_(std::move(cancel)) {}

  // Gives up the place in the queue, or the capacity if it was granted but not yet delivered. The
  // callback still comes, once: with CANCELLED, or with the permit if it was already on its way.
  // Legal at any moment, from any thread.
  void Cancel() const;

 private:
  std::function<void()> cancel_;
};

}  // namespace s2

#endif  // S2_SESSION_APPEND_PERMIT_H_
