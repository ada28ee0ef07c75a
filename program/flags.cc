// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/program/flags.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace s2::program {

void Flags::Add(const std::string& name, std::string* text) {
  Add(name, [text](const std::string& value) {
    *text = value;
    return absl::OkStatus();
  });
}

void Flags::Add(const std::string& name, std::vector<std::string>* list) {
  Add(name, [list](const std::string& value) {
    list->push_back(value);
    return absl::OkStatus();
  });
}

void Flags::Add(const std::string& name, uint64_t* number) {
  Add(name, [name, number](const std::string& value) {
    if (absl::SimpleAtoi(value, number)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is \"", value, "\"; it must be a whole number"));
  });
}

void Flags::Add(const std::string& name, SetFlag set) { flags_.emplace(name, std::move(set)); }

absl::Status Flags::Parse(const std::vector<std::string>& arguments, bool* help) const {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--help") {
      *help = true;
      return absl::OkStatus();
    }
    const size_t equals = arguments[i].find('=');
    const std::string name = arguments[i].substr(0, equals);
    if (!absl::StartsWith(name, "--")) {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument ", name, "; try --help"));
    }
    const auto flag = flags_.find(name);
    if (flag == flags_.end()) {
      return absl::InvalidArgumentError(absl::StrCat("unknown flag ", name, "; try --help"));
    }
    if (equals == std::string::npos && i + 1 == arguments.size()) {
      return absl::InvalidArgumentError(absl::StrCat(name, " needs a value; try --help"));
    }
    const std::string value =
        equals == std::string::npos ? arguments[++i] : arguments[i].substr(equals + 1);
    if (absl::Status s = flag->second(value); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace s2::program
