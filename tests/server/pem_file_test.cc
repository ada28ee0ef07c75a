// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/pem_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "s2/retry/error.h"

namespace s2::server {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string WriteFile(const std::string& name, const std::string& content) {
  const std::string path = ::testing::TempDir() + "s2-pem-file-test-" + name;
  std::ofstream(path) << content;
  return path;
}

std::string Error(const std::string& file) {
  const absl::Status status = ReadPem("--cert", file).status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_THAT(std::string(status.message()), HasSubstr("--cert=" + file));
  return std::string(status.message());
}

TEST(PemFileTest, ReadsAllThatIsInIt) {
  const std::string pem = "a comment\n-----BEGIN CERTIFICATE-----\nAAAA\n";
  EXPECT_EQ(*ReadPem("--cert", WriteFile("good.pem", pem)), pem);
}

TEST(PemFileTest, NoFileIsNothing) { EXPECT_EQ(*ReadPem("--cert", ""), ""); }

TEST(PemFileTest, AnErrorNamesTheOptionAndTheFile) {
  EXPECT_THAT(Error("/nowhere/a.pem"), EndsWith(": No such file or directory"));
  EXPECT_THAT(Error(WriteFile("empty.pem", "")), EndsWith("holds no PEM"));
  EXPECT_THAT(Error(WriteFile("other.pem", "AAAA")), EndsWith("holds no PEM"));
  EXPECT_THAT(Error(::testing::TempDir()), EndsWith(": Is a directory"));
}

}  // namespace
}  // namespace s2::server
