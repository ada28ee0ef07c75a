// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

using ReconfigureStreamTest = ConformanceTest;

TEST_F(ReconfigureStreamTest, ChangesWhatIsNamedAndKeepsTheRest) {
  const s2::Stream stream = NewStream(Full());
  StreamConfig update = Infinite();
  update.mutable_timestamping()->set_mode(rpc::v1::TIMESTAMPING_MODE_ARRIVAL);
  StreamConfig expected = Full();
  expected.MergeFrom(update);
  EXPECT_THAT(Must(Reconfigure(stream, {"retention_policy", "timestamping.mode"}, update)),
              IsConfig(expected));
  EXPECT_THAT(ConfigOf(stream), IsConfig(expected));
}

TEST_F(ReconfigureStreamTest, ANamedMessageIsReplacedAsAWhole) {
  const s2::Stream stream = NewStream(Full());
  StreamConfig update;
  update.mutable_timestamping()->set_mode(rpc::v1::TIMESTAMPING_MODE_ARRIVAL);
  StreamConfig expected = Full();
  *expected.mutable_timestamping() =
      Timestamping(rpc::v1::TIMESTAMPING_MODE_ARRIVAL, false).timestamping();
  EXPECT_THAT(Must(Reconfigure(stream, {"timestamping"}, update)), IsConfig(expected));
}

TEST_F(ReconfigureStreamTest, ClearsWhatIsNamedAndUnsetToTheBasinsDefaults) {
  StreamConfig defaults = Infinite();
  defaults.set_storage_class("standard");
  defaults.MergeFrom(Timestamping(rpc::v1::TIMESTAMPING_MODE_ARRIVAL, true));
  defaults.MergeFrom(MinAge(300));
  StreamConfig config = Age(60);
  config.set_storage_class("express");
  config.MergeFrom(Timestamping(rpc::v1::TIMESTAMPING_MODE_CLIENT_REQUIRE));
  config.MergeFrom(MinAge(0));
  const s2::Basin basin = NewBasin(Defaults(defaults));
  Must(basin.CreateStream("stream", config));
  const s2::Stream stream = basin.Stream("stream");
  EXPECT_THAT(ConfigOf(stream), IsConfig(config));
  EXPECT_THAT(Must(Reconfigure(stream,
                               {"storage_class", "retention_policy", "timestamping.mode",
                                "timestamping.uncapped", "delete_on_empty.min_age_secs"},
                               {})),
              IsConfig(defaults));
  EXPECT_THAT(ConfigOf(stream), IsConfig(defaults));
}

TEST_F(ReconfigureStreamTest, AnEmptyMaskChangesNothing) {
  const s2::Stream stream = NewStream(Full());
  EXPECT_THAT(Must(Reconfigure(stream, {}, Age(1))), IsConfig(Full()));
}

TEST_F(ReconfigureStreamTest, DeleteOnEmptyMayBeSwitchedOff) {
  const s2::Stream stream = NewStream(MinAge(300));
  EXPECT_THAT(Must(Reconfigure(stream, {"delete_on_empty.min_age_secs"}, MinAge(0))),
              IsConfig(Resolved(MinAge(0))));
}

TEST_F(ReconfigureStreamTest, ARetentionOfZeroIsRefused) {
  const s2::Stream stream = NewStream();
  EXPECT_THAT(Reconfigure(stream, {"retention_policy"}, Age(0)).status(),
              HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(ConfigOf(stream), IsConfig(Resolved()));
}

// A server may apply it a little after it has answered.
TEST_F(ReconfigureStreamTest, ReachesAStreamInUse) {
  const s2::Stream stream = NewStream(Timestamping(rpc::v1::TIMESTAMPING_MODE_CLIENT_REQUIRE));
  EXPECT_THAT(stream.Append(Input({"no timestamp"})).status(), HasCode(ErrorCode::kInvalid));
  Must(
      Reconfigure(stream, {"timestamping.mode"}, Timestamping(rpc::v1::TIMESTAMPING_MODE_ARRIVAL)));
  EXPECT_TRUE(Eventually([&] { return stream.Append(Input({"no timestamp"})).ok(); }));
}

TEST_F(ReconfigureStreamTest, EnsuringReachesAStreamInUseToo) {
  const s2::Stream stream = NewStream(Timestamping(rpc::v1::TIMESTAMPING_MODE_CLIENT_REQUIRE));
  EXPECT_THAT(stream.Append(Input({"no timestamp"})).status(), HasCode(ErrorCode::kInvalid));
  Must(basin().EnsureStream(stream.name(), Timestamping(rpc::v1::TIMESTAMPING_MODE_ARRIVAL)));
  EXPECT_TRUE(Eventually([&] { return stream.Append(Input({"no timestamp"})).ok(); }));
}

}  // namespace
}  // namespace s2::conformance
