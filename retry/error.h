// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_ERROR_H_
#define S2_RETRY_ERROR_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/retry/error_table.h"
#include "s2/rpc/v1/error.pb.h"

// Errors of this library are absl::Status with a canonical code, a message for a person, and an
// ErrorInfo as payload. These free functions make them and answer questions about them; all are
// thread safe and accept any status. Their texts are one line each: control characters, which a
// server may have sent, are escaped (\n, \x1b).
namespace s2 {

// An error of this code, with the table's status and an ErrorInfo that holds the code. Of kNone, an
// UNKNOWN error whose ErrorInfo has no code.
absl::Status MakeError(ErrorCode code, absl::string_view message);

// An error with this ErrorInfo. Its status: the table's for a known code under its own HTTP status,
// else that of the HTTP status, else `fallback`.
absl::Status MakeError(const rpc::v1::ErrorInfo& info, absl::string_view message,
                       absl::StatusCode fallback = absl::StatusCode::kUnknown);

// What is known beyond the canonical code; an empty message where nothing is.
rpc::v1::ErrorInfo GetErrorInfo(const absl::Status& status);

// The same error with this ErrorInfo instead of its own.
absl::Status WithErrorInfo(const absl::Status& status, const rpc::v1::ErrorInfo& info);

// The same error with ErrorInfo.not_sent: the server provably took nothing of the request. OK stays
// OK.
absl::Status NotSent(const absl::Status& error);

// Did the peer refuse the access token that the call came with (UNAUTHENTICATED)? False for a call
// that was not sent.
bool IsTokenRefused(const absl::Status& status);

// The same error with ErrorInfo.token_renewable: whoever sent the token can bring another, so that
// a new attempt may succeed. OK stays OK.
absl::Status TokenRenewable(const absl::Status& error);

// The same error with "`context`: " before its message; OK stays OK.
absl::Status WithContext(const absl::Status& status, absl::string_view context);

// The error's code in the table; kNone for OK, an unknown code, or a code under an HTTP status that
// is not its own.
ErrorCode GetErrorCode(const absl::Status& status);

// May a new attempt of the same request succeed? By the table for a known code; false for a known
// code under a wrong HTTP status; by the HTTP status for an unknown code; with neither, for what
// gRPC reports when a connection breaks. An access token that was refused: only if another can be
// brought (TokenRenewable).
bool IsRetryable(const absl::Status& status);

// Is it certain that the request had no effect? For a failed append this is the verdict over all
// its attempts (ErrorInfo.effect); else the table's word. False whenever in doubt.
bool HasNoSideEffects(const absl::Status& status);

// The longest pause that a server gets, whatever it asks for.
inline constexpr absl::Duration kLongestRetryAfter = absl::Seconds(60);

// How long the server asks to wait, of which no more than kLongestRetryAfter counts; zero when it
// does not ask.
absl::Duration RetryAfter(const absl::Status& status);

// If the server is leaving and asks its client to reconnect at once (ErrorInfo.reconnect): how many
// inputs of this stream it took; those behind them had no effect. Nothing for any other error.
std::optional<uint64_t> ReconnectForwarded(const absl::Status& status);

}  // namespace s2

#endif  // S2_RETRY_ERROR_H_
