// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The example in Python, with stubs as its user generates them, through a sidecar with TLS.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "s2/tests/connect/certificates.h"
#include "s2/tests/lite/lite.h"
#include "s2/tests/lite/load.h"
#include "s2/tests/lite/sidecar.h"

namespace s2::lite {
namespace {

using ::testing::ElementsAre;

// A file with these contents, in the directory.
std::string Write(const std::string& directory, const std::string& name,
                  const std::string& contents) {
  const std::string path = absl::StrCat(directory, "/", name);
  std::ofstream(path) << contents;
  return path;
}

// Generates the modules into this directory.
void GenerateStubs(const std::string& directory) {
  const testing::Ended ended = testing::RunProgram(
      {"/bin/sh", "-c",
       absl::StrCat("cd " S2_SOURCE " && protoc -I proto --python_out=", directory,
                    " --grpc_out=", directory,
                    " --plugin=protoc-gen-grpc=\"$(command -v grpc_python_plugin)\" "
                    "proto/s2/v1/*.proto proto/s2/rpc/v1/*.proto")});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
}

testing::Ended RunExample(const std::string& directory, const std::string& roots,
                          const std::string& target, const std::string& basin,
                          const std::string& input) {
  const int in = memfd_create("stdin", MFD_CLOEXEC);
  EXPECT_EQ(pwrite(in, input.data(), input.size(), 0), static_cast<ssize_t>(input.size()));
  testing::Ended ended = testing::RunProgram(
      {"/usr/bin/env", "PYTHONPATH=" + directory, "S2_ROOTS=" + roots, "S2_ACCESS_TOKEN=any",
       "/usr/bin/python3", S2_SOURCE "/examples/python/append_and_read.py", target, basin, "p y"},
      {in, -1, -1});
  close(in);
  return ended;
}

TEST(PythonTest, TheExampleAppendsAndReadsThroughASidecar) {
  const Lite lite;
  const s2::Stream stream = MakeStream(MustConnect(lite.endpoint()), "p y");
  const std::string directory = NewDirectory();
  const testing::Certificate certificate("localhost", nullptr);
  const std::string roots = Write(directory, "roots.pem", certificate.certificate());
  const std::string key = Write(directory, "key.pem", certificate.key());
  const std::string address = absl::StrCat("localhost:", FreePort());
  const Sidecar sidecar(lite.endpoint(), address, {"--cert", roots, "--key", key});
  GenerateStubs(directory);
  for (const char* expected : {"0 one\n1 two\n", "2 one\n3 two\n"}) {
    const testing::Ended ended = RunExample(directory, roots, address, kBasin, "one\ntwo\n");
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_EQ(ended.out, expected);
  }
  EXPECT_THAT(ReadAll(stream), ElementsAre("one", "two", "one", "two"));

  const testing::Ended refused = RunExample(directory, roots, address, "x", "one\n");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.err, "INVALID_ARGUMENT: basin \"x\" has 1 bytes; a basin name has 8 to 48\n");
}

}  // namespace
}  // namespace s2::lite
