// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/response_error.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

using rpc::v1::ErrorInfo;

// The most that an error has of S2's message and code. An error crosses gRPC in trailers, which
// have it three times and must stay small.
constexpr size_t kMaxErrorTextBytes = 1024;
constexpr size_t kMaxCodeBytes = 64;

// The beginning of `text`, which is valid UTF-8, in whole characters.
std::string Shorten(const std::string& text) {
  if (text.size() <= kMaxErrorTextBytes) return text;
  size_t end = kMaxErrorTextBytes;
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

// What a response was, for an error: `HTTP 502 with text/html: "<html>..."`.
std::string Describe(int status, absl::string_view content_type, absl::string_view body) {
  std::string text = absl::StrCat("HTTP ", status);
  if (!content_type.empty()) absl::StrAppend(&text, " with ", Excerpt(content_type));
  return body.empty() ? absl::StrCat(text, " and no body")
                      : absl::StrCat(text, ": ", Excerpt(body));
}

// Responses of status 412 and 416 have no code: they say which seq_num, token or tail there is
// instead. Each of these three functions reads one kind, and says whether `json` is that.
bool ReadSeqNumMismatch(const Json& json, ErrorInfo& info, std::string& message) {
  absl::Status status;
  const auto actual = JsonReader(json, status).Optional("seq_num_mismatch");
  if (!actual) return false;
  info.set_expected_seq_num(actual->Uint64());
  info.set_code(std::string(GetErrorRow(ErrorCode::kSeqNumMismatch).name));
  message =
      absl::StrCat("match_seq_num did not hold; the next record gets ", info.expected_seq_num());
  return status.ok();
}

bool ReadTokenMismatch(const Json& json, ErrorInfo& info, std::string& message) {
  absl::Status status;
  const auto actual = JsonReader(json, status).Optional("fencing_token_mismatch");
  if (!actual) return false;
  info.set_expected_fencing_token(actual->String());
  info.set_code(std::string(GetErrorRow(ErrorCode::kFencingTokenMismatch).name));
  message = absl::StrCat("fencing_token did not hold; the stream's token is \"",
                         info.expected_fencing_token(), "\"");
  return status.ok() && info.expected_fencing_token().size() <= kMaxFencingTokenBytes;
}

bool ReadUnwritten(const Json& json, ErrorInfo& info, std::string& message) {
  absl::Status status;
  const JsonReader tail = JsonReader(json, status).Required("tail");
  info.mutable_tail()->set_seq_num(tail.Required("seq_num").Uint64());
  info.mutable_tail()->set_timestamp(tail.Required("timestamp").Uint64());
  info.set_code(std::string(GetErrorRow(ErrorCode::kReadUnwritten).name));
  message = absl::StrCat("nothing is written there yet; the tail is ", info.tail().seq_num());
  return status.ok();
}

bool ReadCode(const Json& json, ErrorInfo& info, std::string& message) {
  absl::Status status;
  const JsonReader reader(json, status);
  info.set_code(reader.Required("code").String());
  if (const auto text = reader.Optional("message")) info.set_message(Shorten(text->String()));
  // These have no code where they come from S2.
  const ErrorRow* row = FindErrorRow(info.code());
  if (row != nullptr && (row->http_status == 412 || row->http_status == 416)) return false;
  message = info.message().empty() ? absl::StrCat("S2 answered ", info.code()) : info.message();
  return status.ok() && !info.code().empty() && info.code().size() <= kMaxCodeBytes;
}

bool ReadBody(int status, const Json& json, ErrorInfo& info, std::string& message) {
  switch (status) {
    case 412:
      return ReadSeqNumMismatch(json, info, message) || ReadTokenMismatch(json, info, message);
    case 416:
      return ReadUnwritten(json, info, message);
    default:
      return ReadCode(json, info, message);
  }
}

absl::Status MakeRefusal(int status, absl::string_view content_type, absl::string_view body,
                         const ErrorInfo& known) {
  const auto describe = [&] { return Describe(status, content_type, body); };
  // Without a status of a refusal, a code would be trusted that is not S2's.
  if (status < 300) {
    return MakeError(ErrorCode::kInvalidAnswer,
                     absl::StrCat("the server refused with ", describe(),
                                  "; a refusal has a status of 300 or above"));
  }
  ErrorInfo info = known;
  info.set_http_status(status);
  const ErrorInfo by_status_alone = info;
  std::string message;
  const std::optional<Json> json = ParseJson(body);
  if (json && ReadBody(status, *json, info, message)) return MakeError(info, message);
  return MakeError(by_status_alone, absl::StrCat("the server answered ", describe()));
}

// The milliseconds of the header retry-after-ms, cut to the longest pause that a client keeps, so
// that a client in another language does not wait for weeks either. Nothing: it is no number.
std::optional<int64_t> ReadRetryAfter(absl::string_view text) {
  if (text.empty() || !absl::c_all_of(text, absl::ascii_isdigit)) return std::nullopt;
  const int64_t most = absl::ToInt64Milliseconds(kLongestRetryAfter);
  int64_t ms = 0;
  return absl::SimpleAtoi(text, &ms) ? std::min(ms, most) : most;  // what is too large fails
}

}  // namespace

absl::Status ErrorFromResponse(const http2::Response& response, absl::string_view body) {
  ErrorInfo info;
  if (const auto ms = ReadRetryAfter(http2::GetHeader(response.headers, "retry-after-ms"))) {
    info.mutable_retry_after()->set_seconds(*ms / 1000);
    info.mutable_retry_after()->set_nanos(static_cast<int32_t>(*ms % 1000) * 1000000);
  }
  return MakeRefusal(response.status, http2::GetHeader(response.headers, "content-type"), body,
                     info);
}

absl::Status ErrorFromTerminalFrame(const grpc::Slice& body) {
  const absl::string_view text(reinterpret_cast<const char*>(body.begin()), body.size());
  if (text.size() < 2) return MakeRefusal(0, "", text, {});
  return MakeRefusal(body.begin()[0] << 8 | body.begin()[1], "", text.substr(2), {});
}

absl::Status UnexpectedResponse(const http2::Response& response, absl::string_view body) {
  return MakeError(
      ErrorCode::kInvalidAnswer,
      absl::StrCat(
          "what answered is not S2: ",
          Describe(response.status, http2::GetHeader(response.headers, "content-type"), body)));
}

}  // namespace s2::gateway
