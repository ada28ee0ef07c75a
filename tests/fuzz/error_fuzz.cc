// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "s2/gateway/internal/json/response_error.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/tests/fuzz/require.h"

namespace s2::gateway {
namespace {

// What gRPC's trailers can hold with ease.
constexpr size_t kMaxErrorBytes = 6000;

void Check(const absl::Status& error, int status) {
  Require(!error.ok(), "a refusal is an error");
  const rpc::v1::ErrorInfo info = GetErrorInfo(error);
  if (status >= 300) {
    Require(static_cast<int>(info.http_status()) == status, "the status is kept");
  } else {
    Require(GetErrorCode(error) == ErrorCode::kInvalidAnswer, "a refusal has a status of its own");
  }
  if (HasNoSideEffects(error)) {
    const ErrorRow* row = FindErrorRow(info.code());
    Require(row != nullptr && row->no_side_effects && row->http_status == status && status >= 300,
            "only S2's own codes are free of side effects");
  }
  if (GetErrorCode(error) == ErrorCode::kSeqNumMismatch) {
    Require(info.has_expected_seq_num(), "a mismatch says what there is");
  }
  const grpc::Status on_wire = ToGrpc(error);
  Require(FromGrpc(on_wire) == error, "an error crosses gRPC whole");
  Require(on_wire.error_details().size() + on_wire.error_message().size() < kMaxErrorBytes,
          "an error is small");
}

void Run(absl::string_view data) {
  if (data.size() < 2) return;
  const int status = static_cast<uint8_t>(data[0]) << 8 | static_cast<uint8_t>(data[1]);
  const absl::string_view body = data.substr(2);
  Check(ErrorFromTerminalFrame(grpc::Slice(data.data(), data.size())), status);
  Check(ErrorFromResponse({status, {{"content-type", "application/json"}}}, body), status);
  // The same bytes as headers.
  const absl::Status error = ErrorFromResponse(
      {503, {{"content-type", std::string(body)}, {"retry-after-ms", std::string(body)}}}, "");
  Check(error, 503);
  Require(RetryAfter(error) >= absl::ZeroDuration(), "nobody waits for the past");
}

}  // namespace
}  // namespace s2::gateway

// Input: two bytes of status, then a body; as in a terminal frame.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  s2::gateway::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
