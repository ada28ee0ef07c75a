// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_SERVER_ANSWERS_H_
#define S2_TESTS_SESSION_SERVER_ANSWERS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "s2/retry/error.h"
#include "s2/v1/s2.pb.h"

// What a server may say.
namespace s2::internal {

inline absl::Status Broken() { return MakeError(ErrorCode::kServerDisconnected, "cut"); }

// A server that leaves, having taken so many batches of the stream.
inline absl::Status Leaving(uint64_t forwarded) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kServerDraining, "leaving"));
  info.mutable_reconnect()->set_forwarded(forwarded);
  return MakeError(info, "leaving");
}

// match_seq_num did not hold.
inline absl::Status SeqNumMismatch(uint64_t expected) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kSeqNumMismatch, "mismatch"));
  info.set_expected_seq_num(expected);
  return MakeError(info, "mismatch");
}

// fencing_token did not hold.
inline absl::Status TokenMismatch(const std::string& expected) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kFencingTokenMismatch, "fenced"));
  info.set_expected_fencing_token(expected);
  return MakeError(info, "fenced");
}

// A bounded read at, or beyond, the tail.
inline absl::Status Unwritten(uint64_t tail) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kReadUnwritten, "unwritten"));
  info.mutable_tail()->set_seq_num(tail);
  return MakeError(info, "unwritten");
}

// A record as it is read.
inline v1::SequencedRecord Sequenced(uint64_t seq_num, const v1::AppendRecord& record,
                                     uint64_t timestamp = 0) {
  v1::SequencedRecord sequenced;
  sequenced.set_seq_num(seq_num);
  sequenced.set_timestamp(timestamp);
  *sequenced.mutable_headers() = record.headers();
  sequenced.set_body(record.body());
  return sequenced;
}

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_SERVER_ANSWERS_H_
