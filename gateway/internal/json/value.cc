// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/value.h"

#include <google/protobuf/descriptor.h>

#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

constexpr size_t kExcerptBytes = 200;

// The first and last second that a Timestamp may hold: those of the years 1 and 9999.
constexpr int64_t kMinSeconds = -62135596800;
constexpr int64_t kMaxSeconds = 253402300799;

bool IsInRange(int64_t seconds) { return seconds >= kMinSeconds && seconds <= kMaxSeconds; }

// What the names of all values of an enum begin with, such as "TIMESTAMPING_MODE_".
absl::string_view Prefix(const google::protobuf::EnumDescriptor& type) {
  return absl::StripSuffix(type.FindValueByNumber(0)->name(), "UNSPECIFIED");
}

}  // namespace

std::optional<Json> ParseJson(absl::string_view text) {
  // The parser would take a NUL for the end of the text.
  if (absl::StrContains(text, '\0')) return std::nullopt;
  Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

std::string ToText(const Json& json) {
  // Strings of protobuf are valid UTF-8. Should one not be, this writes it with replacements rather
  // than throw.
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

std::string Excerpt(absl::string_view text) {
  const absl::string_view rest = text.size() > kExcerptBytes ? "..." : "";
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kExcerptBytes)), "\"", rest);
}

JsonReader JsonReader::Required(const char* name) const {
  return JsonReader(OrMissing(Find(name), PathTo(name)), PathTo(name), status_);
}

std::optional<JsonReader> JsonReader::Optional(const char* name) const {
  const Json* member = Find(name);
  if (member == nullptr) return std::nullopt;
  return JsonReader(*member, PathTo(name), status_);
}

JsonReader JsonReader::Element(size_t index) const {
  if (!json_.is_array()) Fail("an array");
  const Json* element = json_.is_array() && index < json_.size() ? &json_[index] : nullptr;
  return JsonReader(OrMissing(element, PathTo(index)), PathTo(index), status_);
}

void JsonReader::ForEach(absl::FunctionRef<void(const JsonReader&)> read) const {
  if (!json_.is_array()) return Fail("an array");
  for (size_t i = 0; i < json_.size() && status_.ok(); ++i) read(Element(i));
}

std::string JsonReader::String() const {
  if (const auto* value = json_.get_ptr<const std::string*>()) return *value;
  Fail("a string");
  return "";
}

bool JsonReader::Bool() const {
  if (const auto* value = json_.get_ptr<const bool*>()) return *value;
  Fail("true or false");
  return false;
}

uint64_t JsonReader::Uint64() const { return Integer(std::numeric_limits<uint64_t>::max()); }

uint32_t JsonReader::Uint32() const {
  return static_cast<uint32_t>(Integer(std::numeric_limits<uint32_t>::max()));
}

double JsonReader::Double() const {
  if (json_.is_number()) return json_.get<double>();
  Fail("a number");
  return 0;
}

google::protobuf::Timestamp JsonReader::Time() const {
  google::protobuf::Timestamp timestamp;
  const std::string text = String();
  absl::Time time;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, nullptr) &&
      IsInRange(absl::ToUnixSeconds(time))) {
    timestamp.set_seconds(absl::ToUnixSeconds(time));
    timestamp.set_nanos(static_cast<int32_t>(
        absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(timestamp.seconds()))));
  } else {
    Fail("a time of RFC 3339");
  }
  return timestamp;
}

void JsonReader::Fail(absl::string_view must_be) const {
  const absl::string_view name = path_.empty() ? "it" : absl::string_view(path_);
  // An object or array is not written out: that would recur as deep as it is nested, which is as
  // deep as a peer wants.
  const std::string value =
      json_.is_structured() ? absl::StrCat("an ", json_.type_name()) : Excerpt(ToText(json_));
  SetError(absl::StrCat(name, " is ", value, "; it must be ", must_be));
}

const Json* JsonReader::Find(const char* name) const {
  if (!json_.is_object()) {
    Fail("an object");
    return nullptr;
  }
  const auto member = json_.find(name);
  return member == json_.end() || member->is_null() ? nullptr : &*member;
}

const Json& JsonReader::OrMissing(const Json* json, const std::string& path) const {
  static const Json* const kNull = new Json();
  if (json != nullptr) return *json;
  SetError(absl::StrCat(path, " is missing"));
  return *kNull;
}

std::string JsonReader::PathTo(const char* name) const {
  return path_.empty() ? name : absl::StrCat(path_, ".", name);
}

std::string JsonReader::PathTo(size_t index) const { return absl::StrCat(path_, "[", index, "]"); }

uint64_t JsonReader::Integer(uint64_t most) const {
  const auto* value = json_.get_ptr<const Json::number_unsigned_t*>();
  if (value != nullptr && *value <= most) return *value;
  Fail(absl::StrCat("an integer of 0 to ", most));
  return 0;
}

void JsonReader::SetError(const std::string& message) const {
  if (status_.ok()) status_ = MakeError(ErrorCode::kInvalidAnswer, message);
}

absl::StatusOr<std::string> ToText(const google::protobuf::Timestamp& time,
                                   absl::string_view field) {
  if (!IsInRange(time.seconds()) || time.nanos() < 0 || time.nanos() > 999999999) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat(field, " is ", time.seconds(), " s and ", time.nanos(),
                                  " ns; it must be of the years 1 to 9999, with 0 to 999999999 "
                                  "ns"));
  }
  return absl::FormatTime(absl::RFC3339_full,
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
                          absl::UTCTimeZone());
}

std::string EnumText(const google::protobuf::EnumDescriptor& type, int number) {
  const google::protobuf::EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (number == 0 || value == nullptr) return "";
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(value->name(), Prefix(type))),
                             {{"_", "-"}});
}

int EnumNumber(const google::protobuf::EnumDescriptor& type, absl::string_view text) {
  const std::string name = absl::StrReplaceAll(absl::AsciiStrToUpper(text), {{"-", "_"}});
  const auto* value = type.FindValueByName(absl::StrCat(Prefix(type), name));
  if (value == nullptr || EnumText(type, value->number()) != text) return 0;
  return value->number();
}

}  // namespace s2::gateway
