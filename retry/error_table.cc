// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/error_table.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace s2 {
namespace {

using C = ErrorCode;
using S = absl::StatusCode;

// In the order of the enum. Columns: code, name, HTTP, gRPC, retryable, no side effects.
constexpr ErrorRow kTable[] = {
    {C::kAccessTokenNotFound, "access_token_not_found", 404, S::kNotFound, false, true},
    {C::kAuthn, "authn", 401, S::kUnauthenticated, false, true},
    {C::kBadFrame, "bad_frame", 400, S::kInvalidArgument, false, true},
    {C::kBadHeader, "bad_header", 400, S::kInvalidArgument, false, true},
    {C::kBadJson, "bad_json", 400, S::kInvalidArgument, false, true},
    {C::kBadPath, "bad_path", 400, S::kInvalidArgument, false, true},
    {C::kBadProto, "bad_proto", 400, S::kInvalidArgument, false, true},
    {C::kBadQuery, "bad_query", 400, S::kInvalidArgument, false, true},
    {C::kBasinDeletionPending, "basin_deletion_pending", 409, S::kFailedPrecondition, false, true},
    {C::kBasinNotFound, "basin_not_found", 404, S::kNotFound, false, true},
    {C::kClientHangup, "client_hangup", 499, S::kCancelled, false, false},
    {C::kDecryptionFailed, "decryption_failed", 400, S::kInvalidArgument, false, true},
    {C::kHotServer, "hot_server", 502, S::kUnavailable, true, true},
    {C::kInvalid, "invalid", 422, S::kInvalidArgument, false, true},
    {C::kNotImplemented, "not_implemented", 501, S::kUnimplemented, false, true},
    {C::kOther, "other", 500, S::kInternal, true, false},
    {C::kPermissionDenied, "permission_denied", 403, S::kPermissionDenied, false, true},
    {C::kQuotaExhausted, "quota_exhausted", 403, S::kResourceExhausted, false, true},
    {C::kRateLimited, "rate_limited", 429, S::kResourceExhausted, true, true},
    {C::kRequestTimeout, "request_timeout", 408, S::kDeadlineExceeded, true, false},
    {C::kResourceAlreadyExists, "resource_already_exists", 409, S::kAlreadyExists, false, true},
    {C::kServerDraining, "server_draining", 503, S::kUnavailable, true, true},
    {C::kStorage, "storage", 500, S::kInternal, true, false},
    {C::kStreamDeletionPending, "stream_deletion_pending", 409, S::kFailedPrecondition, false,
     true},
    {C::kStreamNotFound, "stream_not_found", 404, S::kNotFound, false, true},
    {C::kTransactionConflict, "transaction_conflict", 409, S::kAborted, true, true},
    {C::kUnavailable, "unavailable", 503, S::kUnavailable, true, false},
    {C::kUpstreamTimeout, "upstream_timeout", 504, S::kDeadlineExceeded, true, false},
    {C::kFencingTokenMismatch, "fencing_token_mismatch", 412, S::kFailedPrecondition, false, true},
    {C::kSeqNumMismatch, "seq_num_mismatch", 412, S::kFailedPrecondition, false, true},
    {C::kReadUnwritten, "read_unwritten", 416, S::kOutOfRange, false, true},
    {C::kAckTimeout, "ack_timeout", 0, S::kDeadlineExceeded, true, false},
    {C::kCloseTimeout, "close_timeout", 0, S::kDeadlineExceeded, false, false},
    {C::kHeartbeatTimeout, "heartbeat_timeout", 0, S::kDeadlineExceeded, true, true},
    {C::kInvalidAck, "invalid_ack", 0, S::kInternal, false, false},
    {C::kInvalidAnswer, "invalid_answer", 0, S::kInternal, false, false},
    {C::kInvalidBatch, "invalid_batch", 0, S::kInternal, false, true},
    {C::kOpenTimeout, "open_timeout", 0, S::kDeadlineExceeded, true, true},
    {C::kOverCapacity, "over_capacity", 0, S::kResourceExhausted, false, true},
    {C::kRecordsSkipped, "records_skipped", 0, S::kDataLoss, false, true},
    {C::kServerDisconnected, "server_disconnected", 0, S::kUnavailable, true, false},
    {C::kSessionClosed, "session_closed", 0, S::kFailedPrecondition, false, true},
    {C::kSessionClosing, "session_closing", 0, S::kFailedPrecondition, false, true},
    {C::kSessionDropped, "session_dropped", 0, S::kCancelled, false, false},
    {C::kStreamClosedEarly, "stream_closed_early", 0, S::kUnavailable, true, false},
};

// GetErrorRow finds a row by its place.
constexpr bool IsInOrder() {
  for (size_t i = 0; i < std::size(kTable); ++i) {
    if (static_cast<size_t>(kTable[i].code) != i + 1) return false;
  }
  return true;
}
static_assert(IsInOrder(), "the rows of the table are not in the order of the enum");
static_assert(std::size(kTable) == static_cast<size_t>(C::kLast), "a code has no row");

constexpr ErrorRow kUnknownRow = {C::kNone, "", 0, S::kUnknown, false, false};

}  // namespace

absl::Span<const ErrorRow> ErrorTable() { return kTable; }

const ErrorRow& GetErrorRow(ErrorCode code) {
  const auto place = static_cast<size_t>(code);
  return place >= 1 && place <= std::size(kTable) ? kTable[place - 1] : kUnknownRow;
}

const ErrorRow* FindErrorRow(absl::string_view name) {
  const auto* row = std::find_if(std::begin(kTable), std::end(kTable),
                                 [&](const ErrorRow& r) { return r.name == name; });
  return row == std::end(kTable) ? nullptr : row;
}

absl::StatusCode StatusCodeFromHttp(int http_status) {
  switch (http_status) {
    case 400:
    case 422:
      return S::kInvalidArgument;
    case 401:
      return S::kUnauthenticated;
    case 403:
      return S::kPermissionDenied;
    case 404:
      return S::kNotFound;
    case 408:
    case 504:
      return S::kDeadlineExceeded;
    case 409:
      return S::kAborted;
    case 412:
      return S::kFailedPrecondition;
    case 416:
      return S::kOutOfRange;
    case 429:
      return S::kResourceExhausted;
    case 499:
      return S::kCancelled;
    case 501:
      return S::kUnimplemented;
    case 502:
    case 503:
      return S::kUnavailable;
    default:
      return http_status >= 500 ? S::kInternal : S::kUnknown;
  }
}

bool IsRetryableHttp(int http_status) {
  switch (http_status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

}  // namespace s2
