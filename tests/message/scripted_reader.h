// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_MESSAGE_SCRIPTED_READER_H_
#define S2_TESTS_MESSAGE_SCRIPTED_READER_H_

#include <gmock/gmock.h>

#include <memory>
#include <utility>
#include <vector>

#include "s2/session/read_session.h"
#include "s2/testing/mock_read_session.h"

namespace s2::testing {

// A read session whose Next returns these steps, and then the clean end.
inline ReadSession Reads(std::vector<absl::StatusOr<ReadResult>> steps) {
  auto session = std::make_unique<::testing::NiceMock<MockReadSession>>();
  ON_CALL(*session, Next)
      .WillByDefault([steps = std::move(steps),
                      next = size_t{0}](const auto&) mutable -> absl::StatusOr<ReadResult> {
        if (next == steps.size()) return ReadResult::End();
        return std::move(steps[next++]);
      });
  return ReadSession(std::move(session));
}

// One that reads this batch.
inline ReadSession ReadsBatch(v1::ReadBatch batch) {
  ReadResult result;
  result.batch = std::move(batch);
  std::vector<absl::StatusOr<ReadResult>> steps;
  steps.push_back(std::move(result));
  return Reads(std::move(steps));
}

}  // namespace s2::testing

#endif  // S2_TESTS_MESSAGE_SCRIPTED_READER_H_
