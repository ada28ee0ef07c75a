// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/error.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/internal/one_line.h"

namespace s2 {
namespace {

constexpr absl::string_view kPayload = "type.googleapis.com/s2.rpc.v1.ErrorInfo";

// The table's row for the error's code; null if the code is unknown, or came under another HTTP
// status than S2 gives it, for then it says nothing that can be relied on.
const ErrorRow* TrustedRow(const rpc::v1::ErrorInfo& info) {
  const ErrorRow* row = FindErrorRow(info.code());
  if (row == nullptr) return nullptr;
  return static_cast<int>(info.http_status()) == row->http_status ? row : nullptr;
}

// What gRPC reports when a connection, a proxy or a server breaks under a call.
bool IsBrokenCall(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::Status MakeError(ErrorCode code, absl::string_view message) {
  const ErrorRow& row = GetErrorRow(code);
  rpc::v1::ErrorInfo info;
  info.set_code(std::string(row.name));
  info.set_http_status(row.http_status);
  info.set_message(std::string(message));
  return WithErrorInfo(absl::Status(row.status, internal::OneLine(message)), info);
}

absl::Status MakeError(const rpc::v1::ErrorInfo& info, absl::string_view message,
                       absl::StatusCode fallback) {
  const ErrorRow* row = TrustedRow(info);
  const absl::StatusCode status = row != nullptr            ? row->status
                                  : info.http_status() != 0 ? StatusCodeFromHttp(info.http_status())
                                                            : fallback;
  return WithErrorInfo(absl::Status(status, internal::OneLine(message)), info);
}

rpc::v1::ErrorInfo GetErrorInfo(const absl::Status& status) {
  rpc::v1::ErrorInfo info;
  const auto payload = status.GetPayload(kPayload);
  if (payload && !info.ParseFromString(std::string(*payload))) return {};
  return info;
}

absl::Status WithErrorInfo(const absl::Status& status, const rpc::v1::ErrorInfo& info) {
  rpc::v1::ErrorInfo clean = info;
  clean.set_message(internal::OneLine(info.message()));
  absl::Status result = status;
  result.SetPayload(kPayload, absl::Cord(clean.SerializeAsString()));
  return result;
}

absl::Status NotSent(const absl::Status& error) {
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.set_not_sent(true);
  return WithErrorInfo(error, info);
}

bool IsTokenRefused(const absl::Status& status) {
  return absl::IsUnauthenticated(status) && !GetErrorInfo(status).not_sent();
}

absl::Status TokenRenewable(const absl::Status& error) {
  if (error.ok()) return error;
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.set_token_renewable(true);
  return WithErrorInfo(error, info);
}

absl::Status WithContext(const absl::Status& status, absl::string_view context) {
  if (status.ok()) return status;
  absl::Status result(status.code(),
                      internal::OneLine(absl::StrCat(context, ": ", status.message())));
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { result.SetPayload(url, payload); });
  return result;
}

ErrorCode GetErrorCode(const absl::Status& status) {
  const ErrorRow* row = TrustedRow(GetErrorInfo(status));
  return row == nullptr ? ErrorCode::kNone : row->code;
}

bool IsRetryable(const absl::Status& status) {
  if (status.ok()) return false;
  const rpc::v1::ErrorInfo info = GetErrorInfo(status);
  if (info.token_renewable() && IsTokenRefused(status)) return true;
  if (const ErrorRow* row = TrustedRow(info)) return row->retryable;
  if (FindErrorRow(info.code()) != nullptr) return false;
  if (info.http_status() != 0) return IsRetryableHttp(info.http_status());
  return IsBrokenCall(status.code());
}

bool HasNoSideEffects(const absl::Status& status) {
  if (status.ok()) return false;
  const rpc::v1::ErrorInfo info = GetErrorInfo(status);
  switch (info.effect()) {
    case rpc::v1::EFFECT_NONE:
      return true;
    case rpc::v1::EFFECT_POSSIBLE:
      return false;
    default:
      break;
  }
  if (info.not_sent()) return true;
  const ErrorRow* row = TrustedRow(info);
  return row != nullptr && row->no_side_effects;
}

absl::Duration RetryAfter(const absl::Status& status) {
  const rpc::v1::ErrorInfo info = GetErrorInfo(status);
  const absl::Duration asked =
      absl::Seconds(info.retry_after().seconds()) + absl::Nanoseconds(info.retry_after().nanos());
  return std::clamp(asked, absl::ZeroDuration(), kLongestRetryAfter);
}

std::optional<uint64_t> ReconnectForwarded(const absl::Status& status) {
  const rpc::v1::ErrorInfo info = GetErrorInfo(status);
  if (!info.has_reconnect()) return std::nullopt;
  return info.reconnect().forwarded();
}

}  // namespace s2
