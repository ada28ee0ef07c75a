// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_PROGRAM_FLAGS_H_
#define S2_PROGRAM_FLAGS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// The flags of a program: "--name value" or "--name=value". Errors are one sentence.
namespace s2::program {

using SetFlag = std::function<absl::Status(const std::string& value)>;

class Flags {
 public:
  // A flag for a text, for a list (given more than once), for a whole number, or with a rule of its
  // own.
  void Add(const std::string& name, std::string* text);
  void Add(const std::string& name, std::vector<std::string>* list);
  void Add(const std::string& name, uint64_t* number);
  void Add(const std::string& name, SetFlag set);

  // Sets what the arguments say, in their order. `help`: they ask for it; the rest is not looked
  // at.
  absl::Status Parse(const std::vector<std::string>& arguments, bool* help) const;

 private:
  std::map<std::string, SetFlag> flags_;
};

}  // namespace s2::program

#endif  // S2_PROGRAM_FLAGS_H_
