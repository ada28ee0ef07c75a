// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/examples-run/quickstart.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "s2/client/make_client.h"

namespace s2::testing {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> Quickstart(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), S2_QUICKSTART);
  return arguments;
}

Pipe::Pipe() { EXPECT_EQ(pipe2(fds_, O_CLOEXEC), 0); }

Pipe::~Pipe() {
  close(fds_[0]);
  Close();
}

void Pipe::Write(absl::string_view text) {
  EXPECT_EQ(write(fds_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

void Pipe::Close() {
  if (fds_[1] != -1) close(fds_[1]);
  fds_[1] = -1;
}

std::string MakeFile(absl::string_view text) {
  std::string name = absl::StrCat(::testing::TempDir(), "quickstart-XXXXXX");
  const int fd = mkstemp(name.data());
  EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size())) << name;
  close(fd);
  return name;
}

std::string MakeLines(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&text, "line ", i, "\n");
  return text;
}

std::string OkLine(uint64_t begin, uint64_t end, absl::string_view text) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  return absl::StrCat(
      "ok ", std::count(text.begin(), text.end(), '\n'), " records, seq_num ", begin, "..", end,
      ", sha256 ",
      absl::BytesToHexString({reinterpret_cast<const char*>(hash), SHA256_DIGEST_LENGTH}), "\n");
}

void ExpectOk(const Ended& ended, uint64_t begin, uint64_t end, absl::string_view text) {
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(ended.err, "");
  const std::string last = absl::StrCat("\n", OkLine(begin, end, text));
  EXPECT_TRUE(absl::EndsWith(ended.out, last)) << ended.out << "instead of" << last;
}

void ExpectError(const Ended& ended, absl::string_view sentence) {
  EXPECT_EQ(ended.exit_code, 1) << "signal " << ended.signal;
  EXPECT_THAT(ended.err, StartsWith("quickstart: "));
  EXPECT_THAT(ended.err, HasSubstr(std::string(sentence)));
  EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1) << ended.err;
  EXPECT_THAT(ended.out, Not(HasSubstr("ok ")));
}

QuickstartOnServer::QuickstartOnServer()
    : client_(*MakeClient(emulator_.InProcessChannel())),
      stream_(client_.Basin("s2-cpp-quickstart").Stream("lines")) {
  const absl::StatusOr<int> port = emulator_.Listen("127.0.0.1:0");
  EXPECT_TRUE(port.ok()) << port.status();
  endpoint_ = absl::StrCat("grpc://127.0.0.1:", port.value_or(0));
}

std::vector<std::string> QuickstartOnServer::OnServer(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--endpoint", endpoint_});
  return Quickstart(std::move(arguments));
}

void QuickstartOnServer::CreateStream() {
  EXPECT_TRUE(client_.CreateBasin(stream_.basin()).ok());
  EXPECT_TRUE(client_.Basin(stream_.basin()).CreateStream(stream_.name()).ok());
}

void QuickstartOnServer::AwaitRecords(uint64_t count) {
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  auto session = stream_.OpenReadSession(request);
  ASSERT_TRUE(session.ok()) << session.status();
  while (session->next_seq_num().value_or(0) < count) {
    const auto result = session->Next(absl::Now() + absl::Seconds(30));
    ASSERT_TRUE(result.ok()) << result.status();
  }
}

}  // namespace s2::testing
