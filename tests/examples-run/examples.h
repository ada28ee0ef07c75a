// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_EXAMPLES_RUN_EXAMPLES_H_
#define S2_TESTS_EXAMPLES_RUN_EXAMPLES_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/client/make_client.h"
#include "s2/emulator/emulator.h"
#include "s2/record/record.h"
#include "s2/tests/examples-run/program.h"

namespace s2::testing {

// An emulator that the example programs reach, with their stream.
class Examples : public ::testing::Test {
 protected:
  Examples()
      : client_(*MakeClient(emulator_.InProcessChannel())),
        stream_(client_.Basin("my-basin").Stream("my-stream")) {
    const absl::StatusOr<int> port = emulator_.Listen("127.0.0.1:0");
    EXPECT_TRUE(port.ok()) << port.status();
    endpoint_ = absl::StrCat("grpc://127.0.0.1:", port.value_or(0));
    EXPECT_TRUE(client_.CreateBasin(stream_.basin()).ok());
    EXPECT_TRUE(client_.Basin(stream_.basin()).CreateStream(stream_.name()).ok());
  }

  void Append(const std::string& body, uint64_t timestamp = 0) {
    v1::AppendRecord record = MakeRecord(body);
    if (timestamp != 0) record.set_timestamp(timestamp);
    EXPECT_TRUE(stream_.Append(MakeInput({record})).ok());
  }

  std::vector<std::string> Command(const std::string& example) const {
    return {absl::StrCat(S2_EXAMPLES, "/example-", example), endpoint_};
  }

  // What it prints when all goes well.
  static std::string Output(const std::vector<std::string>& command) {
    const Ended ended = RunProgram(command);
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_EQ(ended.err, "");
    return ended.out;
  }

  Emulator emulator_;
  Client client_;
  Stream stream_;
  std::string endpoint_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_EXAMPLES_RUN_EXAMPLES_H_
