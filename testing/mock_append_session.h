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
  MOCK_METHOD(absl::StatusOr<AppendTicket>, Submit, (SubmitParams params), (override));
  MOCK_METHOD(absl::StatusOr<AppendTicket>, TrySubmit, (TrySubmitParams params), (override));
  MOCK_METHOD(absl::StatusOr<AppendPermit>, Reserve, (ReserveParams params), (override));
  MOCK_METHOD(AppendReservation, ReserveAsync, (ReserveAsyncParams params), (override));
  MOCK_METHOD(absl::Status, Flush, (FlushParams params), (override));
  MOCK_METHOD(void, FlushAsync, (FlushAsyncParams params), (override));
  MOCK_METHOD(absl::Status, Close, (CloseParams params), (override));
  MOCK_METHOD(void, CloseAsync, (CloseAsyncParams params), (override));
  MOCK_METHOD(void, Cancel, (CancelParams params), (override));
  MOCK_METHOD(std::vector<UnackedBatch>, TakeUnacked, (TakeUnackedParams params), (override));
  MOCK_METHOD(absl::Status, status, (), (const, override));
  MOCK_METHOD(AppendSessionStats, Stats, (), (const, override));
};

// A mock of what is behind a permit: `s2::AppendPermit(mock, bytes)` meets it.
class MockPermitSource : public PermitSource {
 public:
  MOCK_METHOD(absl::StatusOr<AppendTicket>, SubmitReserved, (SubmitReservedParams params),
              (override));
  MOCK_METHOD(void, Release, (ReleaseParams params), (override));
};

}  // namespace s2::testing

#endif  // S2_TESTING_MOCK_APPEND_SESSION_H_
