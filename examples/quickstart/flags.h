// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_QUICKSTART_FLAGS_H_
#define S2_EXAMPLES_QUICKSTART_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"

namespace quickstart {

extern const char kUsage[];

// What the command line asks for.
struct Flags {
  bool help = false;
  std::string file;  // empty: none was given
  std::string endpoint = "emulator:";
  std::string basin = "s2-cpp-quickstart";
  std::string stream = "lines";
};

absl::StatusOr<Flags> ParseFlags(int argc, char** argv);

}  // namespace quickstart

#endif  // S2_EXAMPLES_QUICKSTART_FLAGS_H_
