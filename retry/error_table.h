// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_ERROR_TABLE_H_
#define S2_RETRY_ERROR_TABLE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace s2 {

// Every error that this library can name: S2's own codes, the two answers of S2 that have no code,
// and those that only a client can see. The names are those on the wire (ErrorInfo.code).
enum class ErrorCode {
  kNone,  // no code that this library knows; not in the table
  // S2's codes.
  kAccessTokenNotFound,
  kAuthn,
  kBadFrame,
  kBadHeader,
  kBadJson,
  kBadPath,
  kBadProto,
  kBadQuery,
  kBasinDeletionPending,
  kBasinNotFound,
  kClientHangup,
  kDecryptionFailed,
  kHotServer,
  kInvalid,  // also: refused by the client's own validation
  kNotImplemented,
  kOther,
  kPermissionDenied,
  kQuotaExhausted,
  kRateLimited,
  kRequestTimeout,
  kResourceAlreadyExists,
  kServerDraining,
  kStorage,
  kStreamDeletionPending,
  kStreamNotFound,
  kTransactionConflict,
  kUnavailable,
  kUpstreamTimeout,
  // S2's answers 412 and 416, which have no code there.
  kFencingTokenMismatch,
  kSeqNumMismatch,
  kReadUnwritten,
  // Seen by a client.
  kAckTimeout,        // no ack, or no progress of a write, in time
  kCloseTimeout,      // Close gave up at its deadline
  kHeartbeatTimeout,  // neither data nor heartbeat in time
  kInvalidAck,        // an ack that cannot be true
  kInvalidAnswer,     // what S2 said to the gateway is no answer of S2's
  kInvalidBatch,      // a read batch that cannot be true
  kOpenTimeout,       // the server did not accept the session in time; nothing was sent
  kOverCapacity,      // the unacked limits leave no room now
  kRecordsSkipped,  // records were trimmed before they were read, and the reader asked for an error
  kServerDisconnected,         // the connection broke
  kSessionClosed,              // used after its end
  kSessionClosing,             // submitted after Close
  kSessionDropped,             // destroyed without Close
  kStreamClosedEarly,          // the server ended the session though more was expected
  kLast = kStreamClosedEarly,  // no code of its own
};

// A row of the one table that says what an error means.
struct ErrorRow {
  ErrorCode code;
  absl::string_view name;   // ErrorInfo.code
  int http_status;          // S2's canonical status for it; 0: it never comes from S2
  absl::StatusCode status;  // the canonical code on gRPC
  bool retryable;           // a new attempt may succeed
  bool no_side_effects;     // the attempt that got it had no effect
};

// All rows.
absl::Span<const ErrorRow> ErrorTable();

// The row of a code. kNone, and what is no code at all, have one outside of the table: without a
// name, UNKNOWN, and nothing is promised.
const ErrorRow& GetErrorRow(ErrorCode code);

// The row of a name, or nullptr.
const ErrorRow* FindErrorRow(absl::string_view name);

// The canonical gRPC code for an HTTP status that came without a known code.
absl::StatusCode StatusCodeFromHttp(int http_status);

// S2's rule for a status that came without a known code: 408, 429, 500, 502, 503 and 504 may be
// retried.
bool IsRetryableHttp(int http_status);

}  // namespace s2

#endif  // S2_RETRY_ERROR_TABLE_H_
