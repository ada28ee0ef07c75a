// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/token_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class TokenFileTest : public ::testing::Test {
 protected:
  ~TokenFileTest() override { std::remove(path_.c_str()); }

  void Write(const std::string& content) { std::ofstream(path_) << content; }
  // As a secret is replaced: by another file.
  void Replace(const std::string& content) {
    std::ofstream(path_ + ".new") << content;
    ASSERT_EQ(std::rename((path_ + ".new").c_str(), path_.c_str()), 0);
  }

  const std::string path_ = ::testing::TempDir() + "s2-token-file-test";
};

TEST_F(TokenFileTest, HoldsATokenAndSpaceAroundIt) {
  Write(" \n secret-1\r\n");
  EXPECT_EQ((*TokenFile::Open(path_))->Get(), "secret-1");
}

TEST_F(TokenFileTest, IsReadAgainWhenItHasChanged) {
  Write("secret-1");
  const auto file = *TokenFile::Open(path_);
  Replace("secret-2");
  EXPECT_EQ(file->Get(), "secret-2");
  Write("secret-33");
  EXPECT_EQ(file->Get(), "secret-33");
}

TEST_F(TokenFileTest, TheLastTokenStaysWhileThereIsNone) {
  Write("secret-1");
  const auto file = *TokenFile::Open(path_);
  std::remove(path_.c_str());
  EXPECT_EQ(file->Get(), "secret-1");
  Write("");
  EXPECT_EQ(file->Get(), "secret-1");
  Replace("secret-2");
  EXPECT_EQ(file->Get(), "secret-2");
}

TEST_F(TokenFileTest, IsReadAgainWhenItsTokenWasRefusedEvenIfItSeemsUnchanged) {
  Write("secret-1");
  const auto file = *TokenFile::Open(path_);
  struct stat before = {};
  ASSERT_EQ(stat(path_.c_str(), &before), 0);
  Write("secret-2");
  const timespec times[] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
  EXPECT_EQ(file->Get(), "secret-1");
  file->ReadAgain();
  EXPECT_EQ(file->Get(), "secret-2");
}

TEST_F(TokenFileTest, AnErrorNamesTheFileAndNeverWhatIsInIt) {
  const std::string missing = std::string(TokenFile::Open(path_).status().message());
  EXPECT_EQ(missing, "cannot read the token file " + path_ + ": No such file or directory");
  for (const std::string content : {"", " \n", "two secrets", "secret\x01", "secret\xc3\xbc"}) {
    Write(content);
    const absl::Status status = TokenFile::Open(path_).status();
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
    EXPECT_THAT(std::string(status.message()), HasSubstr("the token file " + path_));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
  }
  EXPECT_THAT(std::string(TokenFile::Open(::testing::TempDir()).status().message()),
              EndsWith(": Is a directory"));
}

TEST(ExposureTest, ThisMachineMayUseTheToken) {
  for (const std::string address : {"127.0.0.1:50051", "127.0.0.1:0", "127.1.2.3:1", "[::1]:0",
                                    "localhost:50051", "unix:/run/s2.sock"}) {
    EXPECT_EQ(ValidateExposure({address}, false), absl::OkStatus()) << address;
  }
}

TEST(ExposureTest, OthersMayNotUnlessTheyShowACertificate) {
  for (const std::string address :
       {"0.0.0.0:50051", "[::]:0", "10.0.0.1:1", "example.com:1", "127.0.0.1.example.com:1", "",
        "127.0.0.1", "dns:///10.0.0.1:1", "[::1", "unix", "localhost@10.0.0.1:1"}) {
    const absl::Status status = ValidateExposure({"127.0.0.1:1", address}, false);
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid) << address;
    EXPECT_THAT(std::string(status.message()), HasSubstr("--listen " + address + " would lend"));
    EXPECT_EQ(ValidateExposure({address}, true), absl::OkStatus());
  }
}

}  // namespace
}  // namespace s2::gateway
