// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/batch_stamp.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/random.h"

namespace s2::internal {
namespace {

bool HasHeader(const v1::AppendRecord& record, const std::string& name) {
  return std::any_of(record.headers().begin(), record.headers().end(),
                     [&](const v1::Header& header) { return header.name() == name; });
}

}  // namespace

BatchStamp::BatchStamp(const ExactlyOnceOptions& options, const Random& random)
    : token_(options.fence ? DrawUniqueId(random) : ""),
      header_(options.identity_header),
      identity_(header_.empty() ? "" : DrawUniqueId(random)) {}

absl::Status BatchStamp::Add(v1::AppendInput& input) const {
  if (absl::Status s = Check(input); !s.ok()) return s;
  if (!token_.empty()) input.set_fencing_token(token_);
  if (header_.empty() || input.has_match_seq_num()) return absl::OkStatus();
  for (v1::AppendRecord& record : *input.mutable_records()) {
    if (IsCommand(record) || HasHeader(record, header_)) continue;
    v1::Header& header = *record.add_headers();
    header.set_name(header_);
    header.set_value(identity_);
  }
  return absl::OkStatus();
}

absl::Status BatchStamp::Check(const v1::AppendInput& input) const {
  if (token_.empty()) return absl::OkStatus();
  if (input.has_fencing_token()) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("fencing_token is \"", input.fencing_token(),
                                  "\"; the session has its own (exactly_once.fence)"));
  }
  for (int i = 0; i < input.records_size(); ++i) {
    if (!IsCommand(input.records(i)) || input.records(i).headers(0).value() != "fence") continue;
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("records[", i, "] is a fence command; the session fences the ",
                                  "stream itself (exactly_once.fence)"));
  }
  return absl::OkStatus();
}

void BatchStamp::Remove(v1::AppendInput& input) const {
  RemoveToken(input);
  if (header_.empty()) return;
  for (v1::AppendRecord& record : *input.mutable_records()) {
    auto& headers = *record.mutable_headers();
    if (headers.empty()) continue;
    const v1::Header& last = *headers.rbegin();
    if (last.name() == header_ && last.value() == identity_) headers.RemoveLast();
  }
}

void BatchStamp::RemoveToken(v1::AppendInput& input) const {
  if (!token_.empty()) input.clear_fencing_token();
}

}  // namespace s2::internal
