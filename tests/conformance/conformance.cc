// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/conformance.h"

#include <cstdlib>
#include <iostream>
#include <map>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "s2/connect/connect.h"

namespace s2::conformance {
namespace {

std::string Environment(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? fallback : value;
}

std::string& SuiteBasin() {
  static std::string name;
  return name;
}

// By the case's name.
const std::map<std::string, KnownDifference>& Differences() {
  static const auto all = [] {
    std::map<std::string, KnownDifference> map;
    for (const KnownDifference& d : KnownDifferences(Target())) map.emplace(d.test, d);
    return map;
  }();
  return all;
}

}  // namespace

const Client& TestClient() {
  // Never destroyed: nothing may wait for gRPC while the process ends.
  static const Client& client = *[] {
    ConnectOptions options;
    options.client.access_token = Environment("S2_ACCESS_TOKEN", "");
    auto connected = Connect(Environment("S2_CONFORMANCE_ENDPOINT", "emulator:"), options);
    if (!connected.ok()) {
      std::cerr << "S2_CONFORMANCE_ENDPOINT: " << connected.status().message() << "\n";
      std::exit(1);
    }
    return new Client(*std::move(connected));
  }();
  return client;
}

std::string Target() { return Environment("S2_CONFORMANCE_TARGET", "emulator"); }

std::string NewName() {
  static absl::BitGen random;
  return absl::StrCat("conformance-", absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

void ConformanceTest::SetUpTestSuite() {
  SuiteBasin() = NewName();
  Must(TestClient().CreateBasin(SuiteBasin()));
}

void ConformanceTest::TearDownTestSuite() {
  EXPECT_EQ(TestClient().DeleteBasin(SuiteBasin()), absl::OkStatus());
}

void ConformanceTest::SetUp() {
  const ::testing::TestInfo& info = *::testing::UnitTest::GetInstance()->current_test_info();
  const auto found = Differences().find(absl::StrCat(info.test_suite_name(), ".", info.name()));
  if (found == Differences().end()) return;
  const std::string what = absl::StrCat("known of ", Target(), ": ", found->second.reason);
  switch (found->second.treatment) {
    case KnownDifference::Treatment::kSkipped:
      GTEST_SKIP() << what;
    case KnownDifference::Treatment::kFails:
      std::cout << what << "\n";
      difference_ = &found->second;
      reporter_.emplace(::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS,
                        &results_);
  }
}

void ConformanceTest::TearDown() {
  for (const std::string& name : basins_) {
    EXPECT_EQ(TestClient().DeleteBasin(name, /*ignore_not_found=*/true), absl::OkStatus());
  }
  if (difference_ == nullptr) return;
  reporter_.reset();
  for (int i = 0; i < results_.size(); ++i) {
    if (results_.GetTestPartResult(i).failed()) return;
  }
  ADD_FAILURE() << "it passes on " << Target() << "; take it off the list of known differences";
}

s2::Basin ConformanceTest::basin() { return TestClient().Basin(SuiteBasin()); }

std::string ConformanceTest::NewBasinName() {
  basins_.push_back(NewName());
  return basins_.back();
}

s2::Basin ConformanceTest::NewBasin(const rpc::v1::BasinConfig& config) {
  const std::string name = NewBasinName();
  Must(TestClient().CreateBasin(name, config));
  return TestClient().Basin(name);
}

s2::Stream ConformanceTest::NewStream(const rpc::v1::StreamConfig& config) {
  const std::string name = NewName();
  Must(basin().CreateStream(name, config));
  return basin().Stream(name);
}

v1::AppendInput Input(const std::vector<std::string>& bodies) {
  v1::AppendInput input;
  for (const std::string& body : bodies) input.add_records()->set_body(body);
  return input;
}

v1::AppendInput Matched(uint64_t match_seq_num, const std::vector<std::string>& bodies) {
  v1::AppendInput input = Input(bodies);
  input.set_match_seq_num(match_seq_num);
  return input;
}

v1::AppendInput Fenced(const std::string& token, const std::vector<std::string>& bodies) {
  v1::AppendInput input = Input(bodies);
  input.set_fencing_token(token);
  return input;
}

v1::AppendInput At(std::initializer_list<uint64_t> timestamps) {
  v1::AppendInput input;
  for (const uint64_t timestamp : timestamps) {
    input.add_records()->set_body(absl::StrCat(timestamp));
    input.mutable_records()->rbegin()->set_timestamp(timestamp);
  }
  return input;
}

v1::AppendInput Sized(int records, size_t bytes) {
  return Input(std::vector<std::string>(records, std::string(bytes, 'x')));
}

std::vector<std::string> Numbers(int n) {
  std::vector<std::string> numbers;
  for (int i = 0; i < n; ++i) numbers.push_back(absl::StrCat(i));
  return numbers;
}

void AppendNumbers(const s2::Stream& stream, int n) {
  AppendSession session = OpenAppend(stream);
  for (const std::string& number : Numbers(n)) {
    EXPECT_TRUE(session.Submit(Input({number}), Soon()).ok());
  }
  Close(session);
}

rpc::v1::ReadRequest From(uint64_t seq_num) {
  rpc::v1::ReadRequest request;
  request.set_seq_num(seq_num);
  return request;
}

rpc::v1::ReadRequest FromTimestamp(uint64_t timestamp) {
  rpc::v1::ReadRequest request;
  request.set_timestamp(timestamp);
  return request;
}

rpc::v1::ReadRequest FromTail(uint64_t offset) {
  rpc::v1::ReadRequest request;
  request.set_tail_offset(offset);
  return request;
}

rpc::v1::ReadRequest Count(rpc::v1::ReadRequest request, uint64_t count) {
  request.set_count(count);
  return request;
}

rpc::v1::ReadRequest Bytes(rpc::v1::ReadRequest request, uint64_t bytes) {
  request.set_bytes(bytes);
  return request;
}

rpc::v1::ReadRequest Until(rpc::v1::ReadRequest request, uint64_t timestamp) {
  request.set_until(timestamp);
  return request;
}

rpc::v1::ReadRequest Wait(rpc::v1::ReadRequest request, uint32_t seconds) {
  request.set_wait(seconds);
  return request;
}

rpc::v1::ReadRequest Clamp(rpc::v1::ReadRequest request) {
  request.set_clamp(true);
  return request;
}

std::vector<std::string> Bodies(const v1::ReadBatch& batch) {
  std::vector<std::string> bodies;
  for (const v1::SequencedRecord& record : batch.records()) bodies.push_back(record.body());
  return bodies;
}

std::vector<std::string> ReadBodies(const s2::Stream& stream, const rpc::v1::ReadRequest& request) {
  return Bodies(Must(stream.Read(request)));
}

ReadSession OpenRead(const s2::Stream& stream, const rpc::v1::ReadRequest& request,
                     const ReadSessionOptions& options) {
  return *stream.OpenReadSession(request, options);
}

AppendSession OpenAppend(const s2::Stream& stream, const AppendSessionOptions& options) {
  return *stream.OpenAppendSession(options);
}

v1::ReadBatch NextBatch(ReadSession& session) {
  const auto next = session.Next(Soon());
  EXPECT_TRUE(next.ok()) << next.status();
  if (!next.ok()) return {};
  EXPECT_FALSE(next->end) << "the session has ended";
  return next->batch;
}

std::vector<std::string> Take(ReadSession& session, size_t n) {
  std::vector<std::string> all;
  while (all.size() < n) {
    const std::vector<std::string> bodies = Bodies(NextBatch(session));
    if (bodies.empty()) break;
    all.insert(all.end(), bodies.begin(), bodies.end());
  }
  return all;
}

std::vector<std::string> TakeAll(ReadSession& session) {
  std::vector<std::string> all;
  while (true) {
    const auto next = session.Next(Soon());
    EXPECT_TRUE(next.ok()) << next.status();
    if (!next.ok() || next->end) return all;
    const std::vector<std::string> bodies = Bodies(next->batch);
    all.insert(all.end(), bodies.begin(), bodies.end());
  }
}

std::vector<std::string> SessionBodies(const s2::Stream& stream,
                                       const rpc::v1::ReadRequest& request) {
  ReadSession session = OpenRead(stream, request);
  return TakeAll(session);
}

uint64_t CatchUp(ReadSession& session) { return Must(session.WaitCaughtUp(Soon())).seq_num(); }

absl::Status EndOf(ReadSession& session) {
  const auto next = session.Next(Soon());
  EXPECT_FALSE(next.ok()) << (next->end ? "the end is clean" : "there is a record");
  return next.status();
}

void Close(AppendSession& session) { EXPECT_EQ(session.Close(Soon()), absl::OkStatus()); }

absl::StatusOr<v1::AppendAck> Await(const absl::StatusOr<AppendTicket>& submitted) {
  if (!submitted.ok()) return submitted.status();
  if (!submitted->WaitUntil(Soon())) return absl::DeadlineExceededError("no ack");
  return submitted->Wait();
}

}  // namespace s2::conformance
