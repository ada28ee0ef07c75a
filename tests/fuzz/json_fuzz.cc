// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <google/protobuf/util/message_differencer.h>

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "s2/gateway/internal/json/answers.h"
#include "s2/gateway/internal/json/requests.h"
#include "s2/retry/error.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/rpc/v1/config.pb.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/tests/fuzz/require.h"

namespace s2::gateway {
namespace {

using google::protobuf::util::MessageDifferencer;

// Reads one kind of answer. What can be read can be sent on.
template <typename Answer>
Answer Read(absl::string_view text) {
  Answer answer;
  const absl::Status status = ReadAnswer(text, answer);
  Require(status.ok() || GetErrorCode(status) == ErrorCode::kInvalidAnswer,
          "an error of an answer promises nothing");
  Answer copy;
  Require(copy.ParseFromString(answer.SerializeAsString()), "strings are UTF-8");
  return status.ok() ? answer : Answer();
}

// A configuration that was read is written as it was.
void RunStreamConfig(absl::string_view text) {
  const auto config = Read<rpc::v1::StreamConfig>(text);
  const auto header = MakeHeader(config);
  Require(header.ok(), "a configuration of S2's can be written");
  Require(MessageDifferencer::Equals(Read<rpc::v1::StreamConfig>(*header), config),
          "a configuration is read as it was written");
}

void Run(absl::string_view data) {
  if (data.empty()) return;
  const absl::string_view text = data.substr(1);
  switch (data[0]) {
    case 'a':
      Read<rpc::v1::ListAccessTokensResponse>(text);
      break;
    case 'b':
      Read<rpc::v1::ListBasinsResponse>(text);
      break;
    case 'c':
      RunStreamConfig(text);
      break;
    case 'd':
      Read<rpc::v1::BasinConfig>(text);
      break;
    case 'i':
      Read<rpc::v1::IssueAccessTokenResponse>(text);
      break;
    case 'l':
      Read<rpc::v1::ListLocationsResponse>(text);
      break;
    case 'm':
      Read<rpc::v1::MetricSet>(text);
      break;
    case 's':
      Read<rpc::v1::ListStreamsResponse>(text);
      break;
    case 't':
      Read<rpc::v1::CheckTailResponse>(text);
      break;
    default:
      break;
  }
}

}  // namespace
}  // namespace s2::gateway

// Input: a letter for the kind of answer, then its JSON.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  s2::gateway::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
