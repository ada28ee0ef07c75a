// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_VALUE_H_
#define S2_GATEWAY_INTERNAL_JSON_VALUE_H_

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// JSON as S2 writes it: integers of 64 bits are numbers, times are RFC 3339, unknown fields are to
// be ignored.
namespace s2::gateway {

using Json = nlohmann::json;

// Nothing when it is not JSON.
std::optional<Json> ParseJson(absl::string_view text);

// In one line of ASCII.
std::string ToText(const Json& json);

// The beginning of what a peer sent, quoted and escaped, for an error message.
std::string Excerpt(absl::string_view text);

// A value in an answer. What is missing or of the wrong type reads as nothing, zero or empty, and
// the first such value becomes the error, of code kInvalidAnswer, of all readers of one answer.
class JsonReader {
 public:
  // Of a whole answer. `json` and `status`, which is OK, outlive the readers.
  JsonReader(const Json& json, absl::Status& status) : JsonReader(json, "", status) {}

  // A member that must be there.
  JsonReader Required(const char* name) const;
  // A member; nothing when it is missing or null.
  std::optional<JsonReader> Optional(const char* name) const;
  // An element of an array, which must be there.
  JsonReader Element(size_t index) const;
  // Calls `read` with each element of an array.
  void ForEach(absl::FunctionRef<void(const JsonReader&)> read) const;

  std::string String() const;
  bool Bool() const;
  uint64_t Uint64() const;
  uint32_t Uint32() const;
  double Double() const;
  google::protobuf::Timestamp Time() const;

  // The value is not what it must be.
  void Fail(absl::string_view must_be) const;

 private:
  JsonReader(const Json& json, std::string path, absl::Status& status)
      : json_(json), path_(std::move(path)), status_(status) {}

  const Json* Find(const char* name) const;
  // `json`, or null and the error that there is none.
  const Json& OrMissing(const Json* json, const std::string& path) const;
  std::string PathTo(const char* name) const;
  std::string PathTo(size_t index) const;
  uint64_t Integer(uint64_t most) const;
  void SetError(const std::string& message) const;

  const Json& json_;
  const std::string path_;
  absl::Status& status_;
};

// As RFC 3339. Error, of code kInvalid: it is out of range.
absl::StatusOr<std::string> ToText(const google::protobuf::Timestamp& time,
                                   absl::string_view field);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_VALUE_H_
