// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ListBasinsTest : public ConformanceTest {
 protected:
  void SetUp() override {
    ConformanceTest::SetUp();
    for (const char* suffix : {"-c", "-a", "-b"}) {
      Must(TestClient().CreateBasin(prefix_ + suffix));
    }
  }
  void TearDown() override {
    for (const char* suffix : {"-a", "-b", "-c"}) {
      EXPECT_EQ(TestClient().DeleteBasin(prefix_ + suffix), absl::OkStatus());
    }
    ConformanceTest::TearDown();
  }

  // What is behind the prefix in the names of a page.
  std::vector<std::string> List(const std::string& prefix, const std::string& start_after,
                                uint32_t limit, bool more) {
    rpc::v1::ListBasinsRequest request;
    request.set_prefix(prefix_ + prefix);
    if (!start_after.empty()) request.set_start_after(prefix_ + start_after);
    request.set_limit(limit);
    const auto page = Must(TestClient().ListBasins(request));
    EXPECT_EQ(page.has_more(), more);
    std::vector<std::string> names;
    for (const auto& basin : page.basins()) names.push_back(basin.name().substr(prefix_.size()));
    return names;
  }

  const std::string prefix_ = NewName();
};

TEST_F(ListBasinsTest, TheyComeInOrder) {
  EXPECT_THAT(List("", "", 0, false), ElementsAre("-a", "-b", "-c"));
}

TEST_F(ListBasinsTest, AnUnknownPrefixHasNone) { EXPECT_THAT(List("-x", "", 0, false), IsEmpty()); }

TEST_F(ListBasinsTest, APrefixSelects) { EXPECT_THAT(List("-b", "", 0, false), ElementsAre("-b")); }

TEST_F(ListBasinsTest, APageHasItsLimitAndSaysWhetherThereIsMore) {
  EXPECT_THAT(List("", "", 2, true), ElementsAre("-a", "-b"));
  EXPECT_THAT(List("", "-b", 2, false), ElementsAre("-c"));
  EXPECT_THAT(List("", "-a", 2, false), ElementsAre("-b", "-c"));
}

TEST_F(ListBasinsTest, ALimitOfZeroOrTooManyIsTheMost) {
  EXPECT_THAT(List("", "", 5000, false), ElementsAre("-a", "-b", "-c"));
}

TEST_F(ListBasinsTest, StartAfterIsExclusiveAndNeedNotExist) {
  EXPECT_THAT(List("", "-ab", 0, false), ElementsAre("-b", "-c"));
  EXPECT_THAT(List("", "-c", 0, false), IsEmpty());
  EXPECT_THAT(List("-a", "-b", 0, false), IsEmpty());
}

TEST_F(ListBasinsTest, AllOfThemAreFoundOverThePages) {
  std::vector<std::string> names;
  for (const auto& basin : Must(TestClient().ListAllBasins(prefix_))) names.push_back(basin.name());
  EXPECT_THAT(names, ElementsAre(prefix_ + "-a", prefix_ + "-b", prefix_ + "-c"));
}

}  // namespace
}  // namespace s2::conformance
