// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/program/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/time/time.h"

namespace s2::program {
namespace {

using nlohmann::json;

class LogTest : public ::testing::Test {
 protected:
  LogTest() { EXPECT_EQ(pipe(pipe_), 0); }
  ~LogTest() override {
    close(pipe_[0]);
    close(pipe_[1]);
  }

  // All that has been written and not read.
  std::string Read() {
    std::string text(1 << 20, '\0');
    fcntl(pipe_[0], F_SETFL, O_NONBLOCK);
    const ssize_t size = read(pipe_[0], text.data(), text.size());
    text.resize(size < 0 ? 0 : static_cast<size_t>(size));
    return text;
  }

  int pipe_[2];
};

TEST_F(LogTest, ALineIsAnObject) {
  Log log(pipe_[1], LogLevel::kInfo);
  log.Info("listening", {{"address", "unix:/a\"b\n"}});
  const std::string line = Read();
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const json object = json::parse(line);
  EXPECT_EQ(object["level"], "info");
  EXPECT_EQ(object["event"], "listening");
  EXPECT_EQ(object["address"], "unix:/a\"b\n");
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, object["time"].get<std::string>(), &time, &error))
      << error;
}

TEST_F(LogTest, ALevelLeavesOutWhatIsLess) {
  Log errors(pipe_[1], LogLevel::kError);
  errors.Info("a");
  EXPECT_EQ(Read(), "");
  errors.Error("b");
  EXPECT_EQ(json::parse(Read())["level"], "error");
  Log none(pipe_[1], LogLevel::kNone);
  none.Error("c");
  EXPECT_EQ(Read(), "");
}

TEST_F(LogTest, ABadOrLongNameIsStillALine) {
  Log log(pipe_[1], LogLevel::kInfo);
  log.Info("a", {{"stream", "\xff" + std::string(10000, 'x')}});
  const json object = json::parse(Read());
  EXPECT_LE(object["stream"].get<std::string>().size(), 700u);
}

TEST_F(LogTest, NeverWaitsAndTellsWhatItDropped) {
  Log log(pipe_[1], LogLevel::kInfo);
  constexpr int kLines = 2000;  // more than a pipe takes
  for (int i = 0; i < kLines; ++i) log.Info("a line");
  const std::string text = Read();
  const auto written = std::count(text.begin(), text.end(), '\n');
  ASSERT_LT(written, kLines);
  log.Info("after");
  const json object = json::parse(Read());
  EXPECT_EQ(object["event"], "after");
  EXPECT_EQ(object["dropped_before"], kLines - written);
}

}  // namespace
}  // namespace s2::program
