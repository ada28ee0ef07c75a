// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/quickstart/flags.h"

#include <getopt.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "s2/record/validate.h"
#include "s2/retry/error.h"

namespace quickstart {

const char kUsage[] =
    "usage: quickstart [FILE] [--endpoint E] [--stream s2://BASIN/STREAM]\n"
    "Appends each line as a record, without its newline, while a read session follows the stream;\n"
    "then compares what came back. Ctrl-C ends the input; a second one ends the program.\n"
    "  FILE        what to append; \"-\": standard input. Default: standard input if it is a pipe\n"
    "              or a file, else a text that this machine has anyway\n"
    "  --endpoint  where. Default: emulator:, in this process. grpc://HOST:PORT or unix:PATH is a\n"
    "              server such as s2-emulator, http://HOST:PORT S2 itself, such as s2 lite; there\n"
    "              is more in s2/connect/connect.h. S2_ACCESS_TOKEN is the access token, if any\n"
    "  --stream    created if missing, as is its basin; what it holds already is left alone.\n"
    "              Default: s2://s2-cpp-quickstart/lines. Where basin names are global, as on\n"
    "              s2.dev, give a basin of yours\n";

namespace {

absl::Status ParseStream(absl::string_view uri, Flags& flags) {
  const absl::Status expected = absl::InvalidArgumentError(
      absl::StrCat("--stream is \"", uri, "\"; expected s2://BASIN/STREAM"));
  absl::string_view rest = uri;
  if (!absl::ConsumePrefix(&rest, "s2://")) return expected;
  const size_t slash = rest.find('/');
  if (slash == absl::string_view::npos) return expected;
  flags.basin = std::string(rest.substr(0, slash));
  flags.stream = std::string(rest.substr(slash + 1));
  if (absl::Status s = s2::ValidateBasinName(flags.basin); !s.ok()) {
    return s2::WithContext(s, "--stream");
  }
  return s2::WithContext(s2::ValidateStreamName(flags.stream), "--stream");
}

}  // namespace

absl::StatusOr<Flags> ParseFlags(int argc, char** argv) {
  const option options[] = {{"endpoint", required_argument, nullptr, 'e'},
                            {"stream", required_argument, nullptr, 's'},
                            {"help", no_argument, nullptr, 'h'},
                            {nullptr, 0, nullptr, 0}};
  Flags flags;
  int found;
  while ((found = getopt_long(argc, argv, ":h", options, nullptr)) != -1) {
    switch (found) {
      case 'e':
        flags.endpoint = optarg;
        break;
      case 's':
        if (absl::Status s = ParseStream(optarg, flags); !s.ok()) return s;
        break;
      case 'h':
        flags.help = true;
        return flags;
      case ':':
        return absl::InvalidArgumentError(
            absl::StrCat(argv[optind - 1], " needs a value; try --help"));
      default:
        return absl::InvalidArgumentError(
            absl::StrCat("unknown flag ", argv[optind - 1], "; try --help"));
    }
  }
  if (argc - optind > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("one FILE is all it takes, found ", argc - optind, "; try --help"));
  }
  if (optind < argc) flags.file = argv[optind];
  return flags;
}

}  // namespace quickstart
