// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

using MixedTest = ConformanceTest;

TEST_F(MixedTest, AMissingBasinHasNoStreams) {
  const s2::Stream stream = TestClient().Basin(NewName()).Stream("stream");
  const auto not_found = HasCode(ErrorCode::kBasinNotFound);
  EXPECT_THAT(stream.CheckTail().status(), not_found);
  EXPECT_THAT(stream.Append(Input({"x"})).status(), not_found);
  EXPECT_THAT(stream.Read(From(0)).status(), not_found);
  AppendSession append = OpenAppend(stream);
  EXPECT_THAT(Await(append.Submit(Input({"x"}))).status(), not_found);
  ReadSession read = OpenRead(stream, From(0));
  EXPECT_THAT(EndOf(read), not_found);
}

TEST_F(MixedTest, AppendsAtOnceEachGetAPlaceOfTheirOwn) {
  const s2::Stream stream = NewStream();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 10; ++j) {
        const std::string body = absl::StrCat(i, ".", j);
        const v1::AppendAck ack = Must(stream.Append(Input({body})));
        EXPECT_EQ(ack.end().seq_num(), ack.start().seq_num() + 1);
        EXPECT_EQ(ReadBodies(stream, Count(From(ack.start().seq_num()), 1)),
                  std::vector<std::string>{body});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto bodies = ReadBodies(stream, From(0));
  EXPECT_EQ(bodies.size(), 80u);
  EXPECT_EQ(std::set<std::string>(bodies.begin(), bodies.end()).size(), 80u);
}

TEST_F(MixedTest, AppendsGoOnWhileTheirStreamIsReconfigured) {
  const s2::Stream stream = NewStream();
  AppendSession session = OpenAppend(stream);
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(session.Submit(Input({absl::StrCat(i)}), Soon()).ok());
    Must(Reconfigure(stream, {"retention_policy"}, Age(3600 + i)));
  }
  Close(session);
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 20u);
  EXPECT_THAT(ConfigOf(stream), IsConfig(Resolved(Age(3619))));
}

TEST_F(MixedTest, AWriterAndAReaderOfOneStreamAgreeOnEveryByte) {
  const s2::Stream stream = NewStream();
  ReadSession reader = OpenRead(stream, Wait(Count(From(0), 2000), 30));
  std::vector<std::string> sent;
  AppendSession writer = OpenAppend(stream);
  for (int i = 0; i < 200; ++i) {
    std::vector<std::string> bodies;
    for (int j = 0; j < 10; ++j) bodies.push_back(std::string(i * j, static_cast<char>(i + j)));
    EXPECT_TRUE(writer.Submit(Input(bodies), Soon()).ok());
    sent.insert(sent.end(), bodies.begin(), bodies.end());
  }
  Close(writer);
  EXPECT_TRUE(TakeAll(reader) == sent);
}

}  // namespace
}  // namespace s2::conformance
