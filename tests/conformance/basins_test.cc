// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

using ::testing::AnyOf;
using BasinsTest = ConformanceTest;

TEST_F(BasinsTest, CreatingOneTellsItsNameAndWhen) {
  const std::string name = NewBasinName();
  const auto created = Must(TestClient().CreateBasin(name));
  EXPECT_EQ(created.result(), rpc::v1::PROVISION_RESULT_CREATED);
  EXPECT_EQ(created.info().name(), name);
  EXPECT_GT(created.info().created_at().seconds(), 0);
  EXPECT_FALSE(created.info().has_deleted_at());
}

TEST_F(BasinsTest, ARepeatedCreationIsKnownByItsTokenAndItsConfiguration) {
  const std::string name = NewBasinName();
  const auto create = [&](const std::string& token, const BasinConfig& config) {
    return TestClient().CreateBasin(BasinRequest(name, token, config));
  };
  EXPECT_EQ(Must(create("token", Defaults(Age(60)))).result(), rpc::v1::PROVISION_RESULT_CREATED);
  EXPECT_EQ(Must(create("token", Defaults(Age(60)))).result(), rpc::v1::PROVISION_RESULT_NOOP);
  for (const auto& other :
       {create("another", Defaults(Age(60))), create("token", Defaults(Age(61))),
        TestClient().CreateBasin(name, Defaults(Age(60)))}) {
    EXPECT_THAT(other.status(), HasCode(ErrorCode::kResourceAlreadyExists));
  }
}

TEST_F(BasinsTest, EnsuringOneSaysWhatItTook) {
  const std::string name = NewBasinName();
  const auto ensure = [&](const BasinConfig& config) {
    return Must(TestClient().EnsureBasin(name, config)).result();
  };
  EXPECT_EQ(ensure(Defaults(Age(60))), rpc::v1::PROVISION_RESULT_CREATED);
  EXPECT_EQ(ensure(Defaults(Age(60))), rpc::v1::PROVISION_RESULT_NOOP);
  EXPECT_EQ(ensure(Defaults(Age(61))), rpc::v1::PROVISION_RESULT_UPDATED);
  EXPECT_THAT(ConfigOf(TestClient().Basin(name)).default_stream_config(), IsConfig(Age(61)));
}

TEST_F(BasinsTest, EnsuringOneKeepsTheTokenOfItsCreation) {
  const std::string name = NewBasinName();
  const auto request = BasinRequest(name, "token", Defaults(Age(60)));
  Must(TestClient().CreateBasin(request));
  Must(TestClient().EnsureBasin(name, Defaults(Age(61))));
  EXPECT_EQ(Must(TestClient().CreateBasin(request)).result(), rpc::v1::PROVISION_RESULT_NOOP);
}

TEST_F(BasinsTest, EnsuringOneResetsWhatIsLeftUnset) {
  BasinConfig config = Defaults(Full());
  config.set_create_stream_on_append(true);
  config.set_create_stream_on_read(true);
  const s2::Basin basin = NewBasin(config);
  EXPECT_EQ(Must(TestClient().EnsureBasin(basin.name(), Defaults(Age(60)))).result(),
            rpc::v1::PROVISION_RESULT_UPDATED);
  const BasinConfig after = ConfigOf(basin);
  EXPECT_FALSE(after.create_stream_on_append());
  EXPECT_FALSE(after.create_stream_on_read());
  EXPECT_THAT(after.default_stream_config(), IsConfig(Age(60)));
}

TEST_F(BasinsTest, EnsuringOneWithAnExplicitZeroMinAgeAgainChangesNothing) {
  const std::string name = NewBasinName();
  Must(TestClient().EnsureBasin(name, Defaults(MinAge(0))));
  EXPECT_EQ(Must(TestClient().EnsureBasin(name, Defaults(MinAge(0)))).result(),
            rpc::v1::PROVISION_RESULT_NOOP);
}

TEST_F(BasinsTest, ReconfiguringOneChangesNestedDefaultsAndKeepsWhatIsNotNamed) {
  const s2::Basin basin = NewBasin(Defaults(Full()));
  BasinConfig update = Defaults(Infinite());
  update.mutable_default_stream_config()->set_storage_class("express");
  update.mutable_default_stream_config()->mutable_timestamping()->set_mode(
      rpc::v1::TIMESTAMPING_MODE_ARRIVAL);
  update.set_create_stream_on_append(true);
  const auto changed = Must(
      Reconfigure(basin,
                  {"default_stream_config.storage_class", "default_stream_config.retention_policy",
                   "default_stream_config.timestamping.mode", "create_stream_on_append"},
                  update));
  StreamConfig expected = Full();
  expected.set_storage_class("express");
  expected.MergeFrom(Infinite());
  expected.mutable_timestamping()->set_mode(rpc::v1::TIMESTAMPING_MODE_ARRIVAL);
  for (const BasinConfig& config : {changed, ConfigOf(basin)}) {
    EXPECT_THAT(config.default_stream_config(), IsConfig(expected));
    EXPECT_TRUE(config.create_stream_on_append());
    EXPECT_FALSE(config.create_stream_on_read());
  }
}

TEST_F(BasinsTest, ReconfiguringOneClearsWhatIsNamedAndUnset) {
  const s2::Basin basin = NewBasin(Defaults(Full()));
  const BasinConfig part = Must(Reconfigure(basin, {"default_stream_config.retention_policy"}, {}));
  StreamConfig expected = Full();
  expected.clear_retention_policy();
  EXPECT_THAT(part.default_stream_config(), IsConfig(expected));
  const BasinConfig all = Must(Reconfigure(basin, {"default_stream_config"}, {}));
  EXPECT_THAT(all.default_stream_config(), IsConfig(StreamConfig()));
}

TEST_F(BasinsTest, AnEmptyMaskChangesNothing) {
  const s2::Basin basin = NewBasin(Defaults(Full()));
  Must(Reconfigure(basin, {}, Defaults(Age(1))));
  EXPECT_THAT(ConfigOf(basin).default_stream_config(), IsConfig(Full()));
}

TEST_F(BasinsTest, AMissingOneIsNotFound) {
  const s2::Basin missing = TestClient().Basin(NewName());
  const auto not_found = HasCode(ErrorCode::kBasinNotFound);
  EXPECT_THAT(TestClient().GetBasinConfig(missing.name()).status(), not_found);
  EXPECT_THAT(Reconfigure(missing, {}, {}).status(), not_found);
  EXPECT_THAT(TestClient().DeleteBasin(missing.name()), not_found);
  EXPECT_EQ(TestClient().DeleteBasin(missing.name(), /*ignore_not_found=*/true), absl::OkStatus());
}

// A basin with a stream takes a server longer to purge than these calls, but it need not.
TEST_F(BasinsTest, ADeletedOneSaysSoOrIsGone) {
  const s2::Basin basin = NewBasin();
  Must(basin.CreateStream("stream"));
  ASSERT_EQ(TestClient().DeleteBasin(basin.name()), absl::OkStatus());

  const auto gone = HasCode(ErrorCode::kBasinNotFound);
  const auto going = HasCode(ErrorCode::kBasinDeletionPending);
  for (const auto& info : Must(TestClient().ListAllBasins(basin.name(), true))) {
    EXPECT_TRUE(info.has_deleted_at());
  }
  EXPECT_TRUE(Must(TestClient().ListAllBasins(basin.name())).empty());
  EXPECT_THAT(Reconfigure(basin, {}, {}).status(), AnyOf(going, gone));
  EXPECT_THAT(basin.CreateStream("another").status(), AnyOf(going, gone));
  EXPECT_THAT(basin.EnsureStream("another").status(), AnyOf(going, gone));
  EXPECT_THAT(TestClient().DeleteBasin(basin.name()), AnyOf(HasCode(ErrorCode::kNone), gone));
  EXPECT_THAT(TestClient().CreateBasin(basin.name()).status(),
              AnyOf(HasCode(ErrorCode::kNone), going));
}

TEST_F(BasinsTest, ABadOneIsRefusedByName) {
  const auto invalid = HasCode(ErrorCode::kInvalid);
  EXPECT_THAT(TestClient().CreateBasin("short").status(), invalid);
  EXPECT_THAT(TestClient().CreateBasin(std::string(49, 'a')).status(), invalid);
  EXPECT_THAT(TestClient().CreateBasin("Upper-case-letters").status(), invalid);
  EXPECT_THAT(TestClient().CreateBasin("-conformance").status(), invalid);
  EXPECT_THAT(TestClient().CreateBasin(NewBasinName(), Defaults(Age(0))).status(), invalid);
}

}  // namespace
}  // namespace s2::conformance
