// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_MATCHERS_H_
#define S2_TESTING_MATCHERS_H_

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "s2/retry/error.h"
#include "s2/session/append_permit.h"
#include "s2/session/append_session.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

// gMock matchers. Where an argument is a value, it may be a matcher for it.
namespace s2::testing {

// What the matchers look at.
inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}
inline const v1::ReadBatch& BatchOf(const ReadResult& result) { return result.batch; }
inline const v1::AppendInput& BatchOf(const AppendSessionConnection::SubmitParams& params) {
  return params.input;
}
inline const v1::AppendInput& BatchOf(const AppendSessionConnection::TrySubmitParams& params) {
  return params.input;
}
inline const v1::AppendInput& BatchOf(const PermitSource::SubmitReservedParams& params) {
  return params.input;
}
template <typename Batch>
const Batch& BatchOf(const Batch& batch) {
  return batch;
}

// A Status, or StatusOr, that is OK.
MATCHER(IsOk, negation ? "is an error" : "is OK") {
  *result_listener << StatusOf(arg);
  return arg.ok();
}

// A StatusOr that holds such a value.
MATCHER_P(IsOkAndHolds, value,
          std::string(negation ? "is an error, or holds no" : "is OK and holds a") +
              " value that matches") {
  if (arg.ok()) return ::testing::ExplainMatchResult(value, *arg, result_listener);
  *result_listener << arg.status();
  return false;
}

// A Status, or StatusOr, with this canonical code.
MATCHER_P(HasStatusCode, code,
          "has the status code " + ::testing::DescribeMatcher<absl::StatusCode>(code, negation)) {
  *result_listener << StatusOf(arg) << " ";
  return ::testing::ExplainMatchResult(code, StatusOf(arg).code(), result_listener);
}

// A Status, or StatusOr, with this code of the error table.
MATCHER_P(HasErrorCode, code,
          std::string(negation ? "has not" : "has") + " the error code " +
              std::string(GetErrorRow(code).name)) {
  *result_listener << StatusOf(arg);
  return GetErrorCode(StatusOf(arg)) == code;
}

// A failed append, a Status or StatusOr, that is certain not to be in the stream.
MATCHER(HasNoEffect, negation ? "may have an effect" : "certainly has no effect") {
  *result_listener << StatusOf(arg);
  return !arg.ok() && HasNoSideEffects(StatusOf(arg));
}

// A record, to append or read, with this body.
MATCHER_P(RecordBody, body,
          "has a body that " + ::testing::DescribeMatcher<std::string>(body, negation)) {
  return ::testing::ExplainMatchResult(body, arg.body(), result_listener);
}

// A record, to append or read, that has a header of this name and value.
MATCHER_P2(RecordHeader, name, value,
           std::string(negation ? "has no" : "has a") + " header " +
               ::testing::PrintToString(name) + " with a value that " +
               ::testing::DescribeMatcher<std::string>(value, false)) {
  const ::testing::Matcher<const std::string&> name_matcher =
      ::testing::SafeMatcherCast<const std::string&>(name);
  const ::testing::Matcher<const std::string&> value_matcher =
      ::testing::SafeMatcherCast<const std::string&>(value);
  for (const v1::Header& header : arg.headers()) {
    if (name_matcher.Matches(header.name()) && value_matcher.Matches(header.value())) return true;
  }
  return false;
}

// A record that was read, with this sequence number.
MATCHER_P(RecordSeqNum, seq_num,
          "has a seq_num that " + ::testing::DescribeMatcher<uint64_t>(seq_num, negation)) {
  return ::testing::ExplainMatchResult(seq_num, arg.seq_num(), result_listener);
}

// An AppendInput, what submits one to a mock, a ReadBatch or a ReadResult, whose records have these
// bodies, in order: RecordBodies(ElementsAre("a", "b")).
MATCHER_P(RecordBodies, bodies,
          "has bodies that " +
              ::testing::DescribeMatcher<std::vector<std::string>>(bodies, negation)) {
  std::vector<std::string> found;
  for (const auto& record : BatchOf(arg).records()) found.push_back(record.body());
  *result_listener << "whose bodies are " << ::testing::PrintToString(found) << " ";
  return ::testing::ExplainMatchResult(bodies, found, result_listener);
}

// An AppendAck for the positions [start, end).
MATCHER_P2(AcksRange, start, end,
           std::string(negation ? "does not ack" : "acks") + " [" +
               ::testing::PrintToString(start) + ", " + ::testing::PrintToString(end) + ")") {
  *result_listener << "which acks [" << arg.start().seq_num() << ", " << arg.end().seq_num() << ")";
  return ::testing::Matches(start)(arg.start().seq_num()) &&
         ::testing::Matches(end)(arg.end().seq_num());
}

}  // namespace s2::testing

#endif  // S2_TESTING_MATCHERS_H_
