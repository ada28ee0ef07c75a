// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ListStreamsTest : public ConformanceTest {
 protected:
  static void SetUpTestSuite() {
    ConformanceTest::SetUpTestSuite();
    for (const char* name : {"b/2", "a", "c", "b/1", "b"}) Must(basin().CreateStream(name));
  }

  static std::vector<std::string> List(const std::string& prefix, const std::string& start_after,
                                       uint32_t limit, bool more) {
    rpc::v1::ListStreamsRequest request;
    request.set_prefix(prefix);
    request.set_start_after(start_after);
    request.set_limit(limit);
    const auto page = Must(basin().ListStreams(request));
    EXPECT_EQ(page.has_more(), more);
    std::vector<std::string> names;
    for (const auto& stream : page.streams()) names.push_back(stream.name());
    return names;
  }
};

TEST_F(ListStreamsTest, ANewBasinHasNone) {
  EXPECT_TRUE(Must(NewBasin().ListAllStreams()).empty());
}

TEST_F(ListStreamsTest, TheyComeInTheOrderOfTheirBytes) {
  EXPECT_THAT(List("", "", 0, false), ElementsAre("a", "b", "b/1", "b/2", "c"));
}

TEST_F(ListStreamsTest, APrefixSelects) {
  EXPECT_THAT(List("b", "", 0, false), ElementsAre("b", "b/1", "b/2"));
  EXPECT_THAT(List("b/", "", 0, false), ElementsAre("b/1", "b/2"));
  EXPECT_THAT(List("x", "", 0, false), IsEmpty());
}

TEST_F(ListStreamsTest, APageHasItsLimitAndSaysWhetherThereIsMore) {
  EXPECT_THAT(List("", "", 2, true), ElementsAre("a", "b"));
  EXPECT_THAT(List("", "b", 2, true), ElementsAre("b/1", "b/2"));
  EXPECT_THAT(List("", "b/2", 2, false), ElementsAre("c"));
  EXPECT_THAT(List("b", "b", 2, false), ElementsAre("b/1", "b/2"));
}

TEST_F(ListStreamsTest, ALimitAboveTheMostIsTheMost) {
  EXPECT_THAT(List("", "", 5000, false), ElementsAre("a", "b", "b/1", "b/2", "c"));
}

TEST_F(ListStreamsTest, StartAfterIsExclusiveAndNeedNotExist) {
  EXPECT_THAT(List("", "b/15", 0, false), ElementsAre("b/2", "c"));
  EXPECT_THAT(List("", "c", 0, false), IsEmpty());
  EXPECT_THAT(List("b/", "c", 0, false), IsEmpty());
}

TEST_F(ListStreamsTest, AllOfThemAreFoundOverThePages) {
  std::vector<std::string> names;
  for (const auto& stream : Must(basin().ListAllStreams("b"))) names.push_back(stream.name());
  EXPECT_THAT(names, ElementsAre("b", "b/1", "b/2"));
}

TEST_F(ListStreamsTest, AMissingBasinIsNotFound) {
  EXPECT_THAT(TestClient().Basin(NewName()).ListStreams().status(),
              HasCode(ErrorCode::kBasinNotFound));
}

}  // namespace
}  // namespace s2::conformance
