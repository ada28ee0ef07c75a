// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/faults.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "s2/retry/error.h"
#include "s2/retry/error_table.h"

namespace s2::simulation {
namespace {

// Failed conditions are for the stream alone to tell.
const ErrorRow& DrawRow(Dice& dice) {
  while (true) {
    const ErrorRow& row = ErrorTable()[dice.Pick(ErrorTable().size())];
    if (row.code != ErrorCode::kSeqNumMismatch && row.code != ErrorCode::kFencingTokenMismatch) {
      return row;
    }
  }
}

rpc::v1::ErrorInfo DrawInfo(Dice& dice) {
  constexpr int kStatuses[] = {400, 403, 408, 409, 412, 418, 429, 500, 502, 503, 504};
  rpc::v1::ErrorInfo info;
  const ErrorRow& row = DrawRow(dice);
  info.set_code(std::string(row.name));
  info.set_http_status(row.http_status);
  if (dice.OneIn(8)) info.set_code("a_code_of_tomorrow");
  if (dice.OneIn(8)) info.set_http_status(kStatuses[dice.Pick(std::size(kStatuses))]);
  return info;
}

// Codes that leave it open. Of those that only a client can have, a gateway may pass some on.
constexpr absl::string_view kHarmful[] = {
    "client_hangup",       "other",           "request_timeout",    "storage",     "unavailable",
    "upstream_timeout",    "ack_timeout",     "close_timeout",      "invalid_ack", "invalid_answer",
    "server_disconnected", "session_dropped", "stream_closed_early"};

}  // namespace

// Half of them are such as pass: after any other a session is over.
absl::Status DrawError(Dice& dice) {
  if (dice.OneIn(16)) return TokenRenewable(MakeError(ErrorCode::kAuthn, "the token has expired"));
  for (const bool any = dice.OneIn(2);;) {
    if (dice.OneIn(8)) {
      return absl::Status(static_cast<absl::StatusCode>(dice.Draw(1, 16)), "gRPC's own");
    }
    rpc::v1::ErrorInfo info = DrawInfo(dice);
    if (dice.OneIn(4)) info.mutable_retry_after()->set_nanos(dice.Pick(900) * 1'000'000);
    if (dice.OneIn(32)) info.mutable_retry_after()->set_seconds(dice.Draw(1, 1'000'000));
    const absl::Status error = MakeError(info, "injected");
    if (any || IsRetryable(error)) return error;
  }
}

bool MayPass(const absl::Status& error) {
  const bool replaceable = GetErrorInfo(error).token_renewable() && absl::IsUnauthenticated(error);
  return replaceable || IsRetryable(error);
}

bool IsHarmless(const absl::Status& error) {
  const rpc::v1::ErrorInfo info = GetErrorInfo(error);
  const ErrorRow* row = FindErrorRow(info.code());
  return row != nullptr && row->http_status == static_cast<int>(info.http_status()) &&
         std::find(std::begin(kHarmful), std::end(kHarmful), info.code()) == std::end(kHarmful);
}

absl::Status Leaving(uint64_t forwarded) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kServerDraining, "leaving"));
  info.mutable_reconnect()->set_forwarded(forwarded);
  return MakeError(info, "leaving");
}

}  // namespace s2::simulation
