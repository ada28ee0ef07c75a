// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

class StreamsTest : public ConformanceTest {
 protected:
  // The configuration of a new stream that asked for this.
  static StreamConfig Created(const StreamConfig& config) { return ConfigOf(NewStream(config)); }
};

TEST_F(StreamsTest, CreatingOneTellsItsNameAndWhen) {
  const std::string name = NewName() + "/a b%ü+";
  const auto created = Must(basin().CreateStream(name));
  EXPECT_EQ(created.result(), rpc::v1::PROVISION_RESULT_CREATED);
  EXPECT_EQ(created.info().name(), name);
  EXPECT_GT(created.info().created_at().seconds(), 0);
  EXPECT_FALSE(created.info().has_deleted_at());
  EXPECT_FALSE(created.info().has_cipher());
  EXPECT_EQ(Must(basin().Stream(name).CheckTail()).seq_num(), 0u);
}

TEST_F(StreamsTest, OneWithoutConfigurationTakesTheSystemsDefaults) {
  EXPECT_THAT(Created({}), IsConfig(Resolved()));
}

TEST_F(StreamsTest, OneWithAFullConfigurationHasIt) {
  EXPECT_THAT(Created(Full()), IsConfig(Full()));
}

TEST_F(StreamsTest, RetentionMayBeInfinite) {
  EXPECT_THAT(Created(Infinite()), IsConfig(Resolved(Infinite())));
}

TEST_F(StreamsTest, EveryTimestampingModeIsKept) {
  for (const TimestampingMode mode :
       {rpc::v1::TIMESTAMPING_MODE_CLIENT_PREFER, rpc::v1::TIMESTAMPING_MODE_CLIENT_REQUIRE,
        rpc::v1::TIMESTAMPING_MODE_ARRIVAL}) {
    EXPECT_THAT(Created(Timestamping(mode)), IsConfig(Resolved(Timestamping(mode))));
    EXPECT_THAT(Created(Timestamping(mode, true)), IsConfig(Resolved(Timestamping(mode, true))));
  }
}

TEST_F(StreamsTest, DeleteOnEmptyIsKept) {
  EXPECT_THAT(Created(MinAge(3600)), IsConfig(Resolved(MinAge(3600))));
}

TEST_F(StreamsTest, OneTakesWhatItLeavesUnsetFromItsBasin) {
  const s2::Basin basin = NewBasin(Defaults(Full()));
  Must(basin.CreateStream("a"));
  EXPECT_THAT(ConfigOf(basin.Stream("a")), IsConfig(Full()));
  Must(basin.CreateStream("b", Age(60)));
  StreamConfig expected = Full();
  expected.MergeFrom(Age(60));
  EXPECT_THAT(ConfigOf(basin.Stream("b")), IsConfig(expected));
}

TEST_F(StreamsTest, AnExplicitZeroMinAgeOverridesTheBasins) {
  const s2::Basin basin = NewBasin(Defaults(MinAge(300)));
  Must(basin.CreateStream("created", MinAge(0)));
  EXPECT_THAT(ConfigOf(basin.Stream("created")), IsConfig(Resolved(MinAge(0))));
  Must(basin.EnsureStream("ensured", MinAge(0)));
  EXPECT_THAT(ConfigOf(basin.Stream("ensured")), IsConfig(Resolved(MinAge(0))));
}

TEST_F(StreamsTest, ARepeatedCreationIsKnownByItsTokenAndItsConfiguration) {
  const std::string name = NewName();
  const auto create = [&](const std::string& token, const StreamConfig& config) {
    return basin().CreateStream(StreamRequest(name, token, config));
  };
  EXPECT_EQ(Must(create("token", Age(60))).result(), rpc::v1::PROVISION_RESULT_CREATED);
  EXPECT_EQ(Must(create("token", Age(60))).result(), rpc::v1::PROVISION_RESULT_NOOP);
  for (const auto& other : {create("another", Age(60)), create("token", Age(61)),
                            basin().CreateStream(name, Age(60))}) {
    EXPECT_THAT(other.status(), HasCode(ErrorCode::kResourceAlreadyExists));
  }
  EXPECT_THAT(ConfigOf(basin().Stream(name)), IsConfig(Resolved(Age(60))));
}

TEST_F(StreamsTest, ARepeatedCreationIsOneEvenIfTheBasinsDefaultsHaveChanged) {
  const s2::Basin basin = NewBasin(Defaults(Age(60)));
  const auto request = StreamRequest("stream", "token", {});
  Must(basin.CreateStream(request));
  Must(Reconfigure(basin, {"default_stream_config.retention_policy"}, Defaults(Age(61))));
  EXPECT_EQ(Must(basin.CreateStream(request)).result(), rpc::v1::PROVISION_RESULT_NOOP);
  EXPECT_THAT(ConfigOf(basin.Stream("stream")), IsConfig(Resolved(Age(60))));
}

TEST_F(StreamsTest, EnsuringOneSaysWhatItTook) {
  const std::string name = NewName();
  const auto ensure = [&](const StreamConfig& config) {
    return Must(basin().EnsureStream(name, config)).result();
  };
  EXPECT_EQ(ensure(Age(60)), rpc::v1::PROVISION_RESULT_CREATED);
  EXPECT_EQ(ensure(Age(60)), rpc::v1::PROVISION_RESULT_NOOP);
  EXPECT_EQ(ensure(Age(61)), rpc::v1::PROVISION_RESULT_UPDATED);
  EXPECT_EQ(ensure({}), rpc::v1::PROVISION_RESULT_UPDATED) << "what is unset goes to its default";
  EXPECT_THAT(ConfigOf(basin().Stream(name)), IsConfig(Resolved()));
}

TEST_F(StreamsTest, EnsuringOneAsItIsInEffectChangesNothing) {
  const s2::Basin basin = NewBasin(Defaults(Age(60)));
  Must(basin.CreateStream("stream"));
  EXPECT_EQ(Must(basin.EnsureStream("stream", Age(60))).result(), rpc::v1::PROVISION_RESULT_NOOP);
}

TEST_F(StreamsTest, EnsuringOneKeepsTheTokenOfItsCreation) {
  const auto request = StreamRequest(NewName(), "token", Age(60));
  Must(basin().CreateStream(request));
  Must(basin().EnsureStream(request.stream(), Age(61)));
  EXPECT_EQ(Must(basin().CreateStream(request)).result(), rpc::v1::PROVISION_RESULT_NOOP);
}

TEST_F(StreamsTest, OneOfAMissingBasinIsNotFound) {
  const s2::Basin missing = TestClient().Basin(NewName());
  EXPECT_THAT(missing.CreateStream("stream").status(), HasCode(ErrorCode::kBasinNotFound));
  EXPECT_THAT(missing.EnsureStream("stream").status(), HasCode(ErrorCode::kBasinNotFound));
  EXPECT_THAT(Reconfigure(missing.Stream("stream"), {}, {}).status(),
              HasCode(ErrorCode::kBasinNotFound));
  EXPECT_THAT(missing.GetStreamConfig("stream").status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(missing.DeleteStream("stream"), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(StreamsTest, AMissingOneIsNotFound) {
  EXPECT_THAT(basin().GetStreamConfig(NewName()).status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(Reconfigure(basin().Stream(NewName()), {}, {}).status(),
              HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(StreamsTest, ABadOneIsRefused) {
  const auto invalid = HasCode(ErrorCode::kInvalid);
  EXPECT_THAT(basin().CreateStream("").status(), invalid);
  EXPECT_THAT(basin().CreateStream("..").status(), invalid);
  EXPECT_THAT(basin().CreateStream(std::string(513, 'x')).status(), invalid);
  EXPECT_THAT(basin().CreateStream(NewName(), Age(0)).status(), invalid);
  EXPECT_TRUE(basin().CreateStream(NewName() + std::string(512 - NewName().size(), 'x')).ok());
}

}  // namespace
}  // namespace s2::conformance
