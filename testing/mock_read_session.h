// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_MOCK_READ_SESSION_H_
#define S2_TESTING_MOCK_READ_SESSION_H_

#include <gmock/gmock.h>

#include <optional>

#include "s2/session/read_session.h"

namespace s2::testing {

// A mock of a read session: `s2::ReadSession(std::move(mock))` meets it. testing/answers.h makes
// the batches that Next returns; ReadResult::End() is the clean end.
class MockReadSession : public ReadSessionConnection {
 public:
  MOCK_METHOD(absl::StatusOr<ReadResult>, Next, (NextParams params), (override));
  MOCK_METHOD(void, NextAsync, (NextAsyncParams params), (override));
  MOCK_METHOD(void, Cancel, (CancelParams params), (override));
  MOCK_METHOD(std::optional<uint64_t>, next_seq_num, (), (const, override));
  MOCK_METHOD(bool, caught_up, (), (const, override));
  MOCK_METHOD(std::optional<v1::StreamPosition>, last_tail, (), (const, override));
  MOCK_METHOD(absl::StatusOr<v1::StreamPosition>, WaitCaughtUp, (WaitCaughtUpParams params),
              (override));
  MOCK_METHOD(void, CaughtUpAsync, (CaughtUpAsyncParams params), (override));
  MOCK_METHOD(ReadSessionStats, Stats, (), (const, override));
};

}  // namespace s2::testing

#endif  // S2_TESTING_MOCK_READ_SESSION_H_
