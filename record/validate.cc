// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/record/validate.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/record/utf8.h"
#include "s2/retry/error.h"

namespace s2 {
namespace {

absl::Status Invalid(absl::string_view what) { return MakeError(ErrorCode::kInvalid, what); }

// A value as it may be shown: printable, and not without end.
std::string Show(absl::string_view value) {
  constexpr size_t kMost = 64;
  return absl::StrCat("\"", absl::CHexEscape(value.substr(0, kMost)),
                      value.size() > kMost ? "...\"" : "\"");
}

// What may be a segment of a path.
absl::Status ValidateSegment(absl::string_view field, absl::string_view what,
                             absl::string_view value, size_t most) {
  if (value.empty() || value.size() > most) {
    return Invalid(absl::StrCat(field, " ", Show(value), " has ", value.size(), " bytes; ", what,
                                " has 1 to ", most));
  }
  if (value == "." || value == ".." || value.find('\0') != absl::string_view::npos ||
      !IsUtf8(value)) {
    return Invalid(absl::StrCat(field, " is ", Show(value), "; ", what,
                                " is UTF-8 without NUL, and not \".\" or \"..\""));
  }
  return absl::OkStatus();
}

absl::Status ValidateFencingToken(absl::string_view field, absl::string_view token) {
  if (token.size() > kMaxFencingTokenBytes) {
    return Invalid(
        absl::StrCat(field, " has ", token.size(), " bytes; the limit is ", kMaxFencingTokenBytes));
  }
  if (!IsUtf8(token))
    return Invalid(absl::StrCat(field, " is ", Show(token), "; it must be UTF-8"));
  return absl::OkStatus();
}

absl::Status ValidateCommand(absl::string_view field, const v1::AppendRecord& record) {
  if (record.headers_size() > 1) {
    return Invalid(absl::StrCat(field, " has an empty header name and ", record.headers_size(),
                                " headers; a command has exactly one header"));
  }
  const std::string& command = record.headers(0).value();
  if (command == "fence") return ValidateFencingToken(absl::StrCat(field, ".body"), record.body());
  if (command == "trim") {
    if (record.body().size() == 8) return absl::OkStatus();
    return Invalid(absl::StrCat(field, ".body has ", record.body().size(),
                                " bytes; a trim command takes exactly 8"));
  }
  return Invalid(absl::StrCat(field, " has an empty header name and the value ", Show(command),
                              "; a command is \"fence\" or \"trim\""));
}

absl::Status ValidateRecord(int index, const v1::AppendRecord& record) {
  const bool has_empty_name = std::any_of(record.headers().begin(), record.headers().end(),
                                          [](const v1::Header& h) { return h.name().empty(); });
  if (!has_empty_name) return absl::OkStatus();
  return ValidateCommand(absl::StrCat("records[", index, "]"), record);
}

}  // namespace

absl::Status Validate(const v1::AppendInput& input) {
  const size_t count = input.records_size();
  if (count < 1 || count > kMaxBatchRecords) {
    return Invalid(
        absl::StrCat("records has ", count, " records; a batch has 1 to ", kMaxBatchRecords));
  }
  size_t bytes = 0;
  for (int i = 0; i < input.records_size(); ++i) {
    if (absl::Status s = ValidateRecord(i, input.records(i)); !s.ok()) return s;
    bytes += MeteredBytes(input.records(i));
  }
  if (bytes > kMaxBatchBytes) {
    return Invalid(absl::StrCat("records has ", bytes, " metered bytes; the limit of a batch is ",
                                kMaxBatchBytes));
  }
  return ValidateFencingToken("fencing_token", input.fencing_token());
}

absl::Status Validate(const rpc::v1::ReadRequest& request) {
  if (request.has_timestamp() && request.has_until() && request.timestamp() >= request.until()) {
    return Invalid(absl::StrCat("timestamp is ", request.timestamp(), "; it must be below until, ",
                                request.until()));
  }
  return absl::OkStatus();
}

absl::Status ValidateBasinName(absl::string_view name) {
  if (name.size() < 8 || name.size() > 48) {
    return Invalid(absl::StrCat("basin ", Show(name), " has ", name.size(),
                                " bytes; a basin name has 8 to 48"));
  }
  const bool known = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!known || name.front() == '-' || name.back() == '-') {
    return Invalid(absl::StrCat("basin is ", Show(name),
                                "; a basin name is of a-z, 0-9 and -, with neither end a hyphen"));
  }
  return absl::OkStatus();
}

absl::Status ValidateStreamName(absl::string_view name) {
  return ValidateSegment("stream", "a stream name", name, 512);
}

absl::Status ValidateAccessTokenId(absl::string_view id) {
  return ValidateSegment("id", "an access token id", id, 96);
}

absl::Status ValidateRequestToken(absl::string_view token) {
  if (token.size() <= 36) return absl::OkStatus();
  return Invalid(absl::StrCat("request_token has ", token.size(), " bytes; the limit is 36"));
}

}  // namespace s2
