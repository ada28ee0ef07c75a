// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_MOCK_APPEND_SESSION_H_
#define S2_TESTING_MOCK_APPEND_SESSION_H_

#include <gmock/gmock.h>

#include <vector>

#include "s2/session/append_session.h"

namespace s2::testing {

// A mock of an append session: `s2::AppendSession(std::move(mock))` meets it. testing/tickets.h has
// the tickets that Submit returns.
class MockAppendSession : public AppendSessionConnection {
 public:
  MOCK_METHOD(absl::StatusOr<AppendTicket>, Submit, (v1::AppendInput && input, absl::Time deadline),
              (override));
  MOCK_METHOD(absl::StatusOr<AppendTicket>, TrySubmit, (v1::AppendInput && input), (override));
  MOCK_METHOD(absl::StatusOr<AppendPermit>, Reserve, (size_t bytes, absl::Time deadline),
              (override));
  MOCK_METHOD(AppendReservation, ReserveAsync,
              (size_t bytes, absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback),
              (override));
  MOCK_METHOD(absl::Status, Flush, (absl::Time deadline), (override));
  MOCK_METHOD(void, FlushAsync, (absl::AnyInvocable<void(absl::Status)> callback), (override));
  MOCK_METHOD(absl::Status, Close, (absl::Time deadline), (override));
  MOCK_METHOD(void, CloseAsync,
              (absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback), (override));
  MOCK_METHOD(void, Cancel, (), (override));
  MOCK_METHOD(std::vector<UnackedBatch>, TakeUnacked, (), (override));
  MOCK_METHOD(absl::Status, status, (), (const, override));
  MOCK_METHOD(AppendSessionStats, Stats, (), (const, override));
};

// A mock of what is behind a permit: `s2::AppendPermit(mock, bytes)` meets it.
class MockPermitSource : public PermitSource {
 public:
  MOCK_METHOD(absl::StatusOr<AppendTicket>, SubmitReserved,
              (size_t reserved, v1::AppendInput&& input), (override));
  MOCK_METHOD(void, Release, (size_t reserved), (override));
};

}  // namespace s2::testing

#endif  // S2_TESTING_MOCK_APPEND_SESSION_H_
