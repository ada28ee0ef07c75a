// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_VALUE_H_
#define S2_GATEWAY_INTERNAL_JSON_VALUE_H_

#include <google/protobuf/generated_enum_reflection.h>
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

// JSON as S2 writes it: integers of 64 bits are numbers, times are RFC 3339, the names of enums are
// lower case with hyphens, fields that are not known here are to be ignored.
namespace s2::gateway {

using Json = nlohmann::json;

// Parses JSON; nothing when the text is none.
std::optional<Json> ParseJson(absl::string_view text);

// The JSON as text, in one line of ASCII.
std::string ToText(const Json& json);

// The beginning of what a peer sent, quoted and escaped, for an error message.
std::string Excerpt(absl::string_view text);

// A value in an answer, as it is read field by field, without a check after each: a value that is
// missing or of the wrong type reads as nothing, zero or empty; and all readers of one answer share
// a status, which the first such value sets to an error of code kInvalidAnswer. Not thread safe.
class JsonReader {
 public:
  // A reader of a whole answer. `json` and `status`, which is OK at first, outlive all readers.
  JsonReader(const Json& json, absl::Status& status) : JsonReader(json, "", status) {}

  // A member of an object, which must be there.
  JsonReader Required(const char* name) const;
  // A member of an object; nothing when it is missing or null.
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

  // Sets the error: the value is not what it must be, such as "an array".
  void Fail(absl::string_view must_be) const;

 private:
  JsonReader(const Json& json, std::string path, absl::Status& status)
      : json_(json), path_(std::move(path)), status_(status) {}

  const Json* Find(const char* name) const;
  // `json`; if it is null, JSON's null, and the error that what is at `path` is missing.
  const Json& OrMissing(const Json* json, const std::string& path) const;
  std::string PathTo(const char* name) const;
  std::string PathTo(size_t index) const;
  uint64_t Integer(uint64_t most) const;
  void SetError(const std::string& message) const;

  const Json& json_;
  const std::string path_;
  absl::Status& status_;
};

// The time in RFC 3339. Error, of code kInvalid, which names `field`: the time is out of range.
absl::StatusOr<std::string> ToText(const google::protobuf::Timestamp& time,
                                   absl::string_view field);

// The name of an enum's value in S2's JSON: TIMESTAMPING_MODE_CLIENT_PREFER is "client-prefer".
// Empty for ..._UNSPECIFIED and for a number without a name.
std::string EnumText(const google::protobuf::EnumDescriptor& type, int number);

// The number of the value of this name in S2's JSON, or 0 for a name that is not known here.
int EnumNumber(const google::protobuf::EnumDescriptor& type, absl::string_view text);

template <typename Enum>
std::string EnumText(Enum value) {
  return EnumText(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

template <typename Enum>
Enum EnumFromText(absl::string_view text) {
  return static_cast<Enum>(EnumNumber(*google::protobuf::GetEnumDescriptor<Enum>(), text));
}

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_VALUE_H_
