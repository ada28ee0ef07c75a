// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_CONFORMANCE_CONFORMANCE_H_
#define S2_TESTS_CONFORMANCE_CONFORMANCE_H_

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "s2/client/client.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/conformance/known_differences.h"

// What any S2 does, seen through the client. The server may be shared and live long: a suite has a
// basin of its own, a case its own streams, under names that nobody else has.
namespace s2::conformance {

// When to give up on what must come.
inline absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

// The client of the endpoint under test: S2_CONFORMANCE_ENDPOINT, or an emulator in this process.
// The token is S2_ACCESS_TOKEN. Ends the process, saying why, if there can be none.
const Client& TestClient();

// The kind of server under test: S2_CONFORMANCE_TARGET, or "emulator".
std::string Target();

// A name for a basin or a stream that nobody else has.
std::string NewName();

class ConformanceTest : public ::testing::Test {
 public:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

 protected:
  void SetUp() override;
  void TearDown() override;

  // The suite's basin, all defaults.
  static s2::Basin basin();

  // A name for a basin, which the end of the case deletes.
  std::string NewBasinName();
  s2::Basin NewBasin(const rpc::v1::BasinConfig& config = {});

  // A new stream of the suite's basin.
  static s2::Stream NewStream(const rpc::v1::StreamConfig& config = {});

 private:
  std::vector<std::string> basins_;
  // While a case that is known to fail runs.
  const KnownDifference* difference_ = nullptr;
  ::testing::TestPartResultArray results_;
  std::optional<::testing::ScopedFakeTestPartResultReporter> reporter_;
};

// What must succeed: its value, or the empty one and a failure.
template <typename T>
T Must(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : T();
}

// Calls `attempt` until it is true. False: that does not happen soon.
template <typename Attempt>
bool Eventually(Attempt attempt) {
  const absl::Time deadline = Soon();
  while (!attempt()) {
    if (absl::Now() > deadline) return false;
  }
  return true;
}

// A batch of one record a body.
v1::AppendInput Input(const std::vector<std::string>& bodies);
v1::AppendInput Matched(uint64_t match_seq_num, const std::vector<std::string>& bodies);
v1::AppendInput Fenced(const std::string& token, const std::vector<std::string>& bodies);
// One record a timestamp, which is also its body.
v1::AppendInput At(std::initializer_list<uint64_t> timestamps);
// Bodies of this size, in one batch.
v1::AppendInput Sized(int records, size_t bytes);
// "0" to "n-1".
std::vector<std::string> Numbers(int n);
// Appends Numbers(n), a batch each.
void AppendNumbers(const s2::Stream& stream, int n);

// A read from here, without limits.
rpc::v1::ReadRequest From(uint64_t seq_num);
rpc::v1::ReadRequest FromTimestamp(uint64_t timestamp);
rpc::v1::ReadRequest FromTail(uint64_t offset = 0);
// The same with one thing more.
rpc::v1::ReadRequest Count(rpc::v1::ReadRequest request, uint64_t count);
rpc::v1::ReadRequest Bytes(rpc::v1::ReadRequest request, uint64_t bytes);
rpc::v1::ReadRequest Until(rpc::v1::ReadRequest request, uint64_t timestamp);
rpc::v1::ReadRequest Wait(rpc::v1::ReadRequest request, uint32_t seconds);
rpc::v1::ReadRequest Clamp(rpc::v1::ReadRequest request);

std::vector<std::string> Bodies(const v1::ReadBatch& batch);

// The bodies that a unary read gives.
std::vector<std::string> ReadBodies(const s2::Stream& stream, const rpc::v1::ReadRequest& request);

// Where a read session that must open stands.
ReadSession OpenRead(const s2::Stream& stream, const rpc::v1::ReadRequest& request,
                     const ReadSessionOptions& options = {});
AppendSession OpenAppend(const s2::Stream& stream, const AppendSessionOptions& options = {});

// The next batch; the empty one, and a failure, where there is none.
v1::ReadBatch NextBatch(ReadSession& session);
// The bodies of the next `n` records, at least.
std::vector<std::string> Take(ReadSession& session, size_t n);
// The bodies of all records that are left, to a clean end.
std::vector<std::string> TakeAll(ReadSession& session);
// The same of a new session.
std::vector<std::string> SessionBodies(const s2::Stream& stream,
                                       const rpc::v1::ReadRequest& request);
// Waits until the session has caught up: the tail.
uint64_t CatchUp(ReadSession& session);
// The error that ends a session which gives no record.
absl::Status EndOf(ReadSession& session);

// Closes a session that has to end well.
void Close(AppendSession& session);
// Waits for what became of a batch.
absl::StatusOr<v1::AppendAck> Await(const absl::StatusOr<AppendTicket>& submitted);

MATCHER_P(HasCode, code, "") { return GetErrorCode(arg) == code; }
MATCHER_P2(Spans, start, end, "") {
  return arg.start().seq_num() == static_cast<uint64_t>(start) &&
         arg.end().seq_num() == static_cast<uint64_t>(end);
}

}  // namespace s2::conformance

#endif  // S2_TESTS_CONFORMANCE_CONFORMANCE_H_
