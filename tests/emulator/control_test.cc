// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using rpc::v1::BasinConfig;
using rpc::v1::StreamConfig;
using ::testing::ElementsAre;

// Only what the conformance suite cannot reach: what the client refuses before a server could, what
// a manual clock shows, and what is this server's own choice.
class ControlTest : public EmulatorTest {
 protected:
  // Calls a method of a stub with these names in the metadata.
  template <typename Response, typename Stub, typename Method, typename Request>
  static absl::StatusOr<Response> Call(Stub& stub, Method method, const Request& request,
                                       const std::string& basin = kBasin) {
    CallContext context(basin, "");
    Response response;
    const absl::Status status = FromGrpc((stub.*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  absl::StatusOr<rpc::v1::CreateBasinResponse> CreateBasinWith(const std::string& name,
                                                               const std::string& token,
                                                               const BasinConfig& config) {
    rpc::v1::CreateBasinRequest request;
    request.set_basin(name);
    request.set_request_token(token);
    *request.mutable_config() = config;
    return Call<rpc::v1::CreateBasinResponse>(*account_,
                                              &rpc::v1::AccountService::Stub::CreateBasin, request);
  }
  absl::StatusOr<rpc::v1::EnsureBasinResponse> EnsureBasin(const std::string& name,
                                                           const BasinConfig& config) {
    rpc::v1::EnsureBasinRequest request;
    request.set_basin(name);
    *request.mutable_config() = config;
    return Call<rpc::v1::EnsureBasinResponse>(*account_,
                                              &rpc::v1::AccountService::Stub::EnsureBasin, request);
  }
  absl::StatusOr<BasinConfig> GetBasin() {
    rpc::v1::GetBasinConfigRequest request;
    request.set_basin(kBasin);
    return Call<BasinConfig>(*account_, &rpc::v1::AccountService::Stub::GetBasinConfig, request);
  }
  absl::StatusOr<BasinConfig> ReconfigureBasin(const std::vector<std::string>& paths,
                                               const BasinConfig& config) {
    rpc::v1::ReconfigureBasinRequest request;
    request.set_basin(kBasin);
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    *request.mutable_config() = config;
    return Call<BasinConfig>(*account_, &rpc::v1::AccountService::Stub::ReconfigureBasin, request);
  }
  absl::Status DeleteBasin() {
    rpc::v1::DeleteBasinRequest request;
    request.set_basin(kBasin);
    return Call<rpc::v1::DeleteBasinResponse>(*account_,
                                              &rpc::v1::AccountService::Stub::DeleteBasin, request)
        .status();
  }
  absl::StatusOr<rpc::v1::EnsureStreamResponse> EnsureStream(const std::string& name,
                                                             const StreamConfig& config) {
    rpc::v1::EnsureStreamRequest request;
    request.set_stream(name);
    *request.mutable_config() = config;
    return Call<rpc::v1::EnsureStreamResponse>(*basins_, &rpc::v1::BasinService::Stub::EnsureStream,
                                               request);
  }
  absl::StatusOr<StreamConfig> GetStream(const std::string& name = kStream) {
    rpc::v1::GetStreamConfigRequest request;
    request.set_stream(name);
    return Call<StreamConfig>(*basins_, &rpc::v1::BasinService::Stub::GetStreamConfig, request);
  }
  absl::StatusOr<StreamConfig> ReconfigureStream(const std::vector<std::string>& paths,
                                                 const StreamConfig& config) {
    rpc::v1::ReconfigureStreamRequest request;
    request.set_stream(kStream);
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    *request.mutable_config() = config;
    return Call<StreamConfig>(*basins_, &rpc::v1::BasinService::Stub::ReconfigureStream, request);
  }
  absl::StatusOr<rpc::v1::ListStreamsResponse> ListStreams(uint32_t limit = 0) {
    rpc::v1::ListStreamsRequest request;
    request.set_limit(limit);
    return Call<rpc::v1::ListStreamsResponse>(*basins_, &rpc::v1::BasinService::Stub::ListStreams,
                                              request);
  }
  static std::vector<std::string> Names(const rpc::v1::ListStreamsResponse& page) {
    std::vector<std::string> names;
    for (const auto& stream : page.streams()) names.push_back(stream.name());
    return names;
  }

  static StreamConfig Age(uint64_t seconds) {
    StreamConfig config;
    config.mutable_retention_policy()->set_age(seconds);
    return config;
  }
  static StreamConfig MinAge(uint64_t seconds) {
    StreamConfig config;
    config.mutable_delete_on_empty()->set_min_age_secs(seconds);
    return config;
  }
  static BasinConfig Defaults(const StreamConfig& config) {
    BasinConfig basin;
    *basin.mutable_default_stream_config() = config;
    return basin;
  }
  // Lets appends create streams.
  void AllowAppendsToCreate() {
    BasinConfig config;
    config.set_create_stream_on_append(true);
    ASSERT_TRUE(EnsureBasin(kBasin, config).ok());
  }
};

TEST_F(ControlTest, NamesTokensAndConfigurationsAreChecked) {
  EXPECT_THAT(CreateBasin("short", {}), HasCode(ErrorCode::kBadJson));
  EXPECT_THAT(CreateBasin("Basin-Upper", {}), HasCode(ErrorCode::kBadJson));
  EXPECT_THAT(EnsureBasin("-basin-one", {}).status(), HasCode(ErrorCode::kBadPath));
  EXPECT_THAT(CreateBasinWith("basin-two", std::string(37, 't'), {}).status(),
              HasCode(ErrorCode::kBadHeader));
  EXPECT_THAT(CreateBasin("basin-two", Defaults(Age(0))), HasCode(ErrorCode::kInvalid));
  BasinConfig cipher;
  cipher.set_stream_cipher("rot13");
  EXPECT_THAT(CreateBasin("basin-two", cipher), HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(CreateStream("..", {}), HasCode(ErrorCode::kBadJson));
  EXPECT_THAT(CreateStream(std::string("a\0b", 3), {}), HasCode(ErrorCode::kBadJson));
  EXPECT_THAT(CreateStream(std::string(513, 'a'), {}), HasCode(ErrorCode::kBadJson));
  EXPECT_THAT(CreateStream("ages", Age(0)), HasCode(ErrorCode::kInvalid));
  EXPECT_EQ(CreateStream(std::string(512, 'a'), {}), absl::OkStatus());
}

TEST_F(ControlTest, ABasinIsCreatedNowAndHasNoLocation) {
  const auto created = CreateBasinWith("basin-two", "token", {});
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->info().created_at().seconds(), absl::ToUnixSeconds(clock_->Now()));
  EXPECT_FALSE(created->info().has_location());
}

TEST_F(ControlTest, AMaskNamesFieldsThereAreAndABasinsFlagsCannotBeCleared) {
  const auto invalid = HasCode(ErrorCode::kInvalid);
  EXPECT_THAT(ReconfigureBasin({"default_stream_config.nonsense"}, {}).status(), invalid);
  EXPECT_THAT(ReconfigureBasin({"create_stream_on_append"}, {}).status(), invalid);
  EXPECT_THAT(ReconfigureStream({"nonsense"}, {}).status(), invalid);
}

TEST_F(ControlTest, DefaultsThatAreClearedAreNotThere) {
  ASSERT_TRUE(EnsureBasin(kBasin, Defaults(Age(6))).ok());
  EXPECT_FALSE(ReconfigureBasin({"default_stream_config"}, {})->has_default_stream_config());
  ASSERT_TRUE(EnsureBasin(kBasin, Defaults(Age(6))).ok());
  ASSERT_TRUE(EnsureBasin(kBasin, {}).ok());
  EXPECT_FALSE(GetBasin()->has_default_stream_config());
}

TEST_F(ControlTest, ADeletedBasinRefusesNewStreamsServesOldOnesAndIsGoneAfterTheHold) {
  AllowAppendsToCreate();
  EXPECT_EQ(DeleteBasin(), absl::OkStatus());
  EXPECT_EQ(DeleteBasin(), absl::OkStatus());
  const auto pending = HasCode(ErrorCode::kBasinDeletionPending);
  EXPECT_THAT(CreateStream("new", {}), pending);
  EXPECT_THAT(EnsureStream("new", {}).status(), pending);
  EXPECT_THAT(Append(Input({"x"}), "new").status(), pending);
  EXPECT_THAT(CreateBasin(kBasin, {}), pending);
  EXPECT_THAT(EnsureBasin(kBasin, {}).status(), pending);
  EXPECT_THAT(ReconfigureBasin({}, {}).status(), pending);
  EXPECT_TRUE(GetBasin().ok());
  EXPECT_EQ(*Tail(), 0u);
  EXPECT_TRUE(GetStream().ok());
  AppendCall session(*streams_);
  EXPECT_TRUE(session.Accepted());
  clock_->Advance(absl::Seconds(1));
  EXPECT_THAT(session.Finish(), HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(GetBasin().status(), HasCode(ErrorCode::kBasinNotFound));
  EXPECT_EQ(CreateBasin(kBasin, {}), absl::OkStatus());
  EXPECT_THAT(Tail().status(), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(ControlTest, AnyStorageClassIsKeptAndNoFieldIsUnset) {
  StreamConfig own;
  own.set_storage_class("anything");
  ASSERT_EQ(CreateStream("s", own), absl::OkStatus());
  const auto config = GetStream("s");
  EXPECT_EQ(config->storage_class(), "anything");
  EXPECT_TRUE(config->retention_policy().has_age());
  EXPECT_TRUE(config->timestamping().has_uncapped());
  EXPECT_TRUE(config->delete_on_empty().has_min_age_secs());
}

TEST_F(ControlTest, AFieldThatIsClearedTakesTheDefaultThatTheBasinHasByThen) {
  ASSERT_TRUE(EnsureBasin(kBasin, Defaults(Age(77))).ok());
  EXPECT_EQ(GetStream()->retention_policy().age(), 604800u);
  EXPECT_EQ(ReconfigureStream({"retention_policy"}, {})->retention_policy().age(), 77u);
}

TEST_F(ControlTest, EnsuringAStreamReachesItsSessionsAtOnce) {
  AppendCall session(*streams_);
  ASSERT_TRUE(session.Accepted());
  StreamConfig arrival;
  arrival.mutable_timestamping()->set_mode(rpc::v1::TIMESTAMPING_MODE_ARRIVAL);
  ASSERT_TRUE(EnsureStream(kStream, arrival).ok());
  EXPECT_TRUE(session.Write(At(1)));
  EXPECT_EQ(session.Ack().first, 0);
  EXPECT_EQ(Read(From(0))->records(0).timestamp(), NowMillis());
}

TEST_F(ControlTest, ADeletedStreamSaysSoUntilItIsPurged) {
  ASSERT_TRUE(Append({"a"}).ok());
  EXPECT_EQ(DeleteStream(), absl::OkStatus());
  EXPECT_EQ(DeleteStream(), absl::OkStatus());
  const auto pending = HasCode(ErrorCode::kStreamDeletionPending);
  EXPECT_THAT(Append({"b"}).status(), pending);
  EXPECT_THAT(Read(From(0)).status(), pending);
  EXPECT_THAT(Tail().status(), pending);
  EXPECT_THAT(GetStream().status(), pending);
  EXPECT_THAT(CreateStream(kStream, {}), pending);
  EXPECT_THAT(EnsureStream(kStream, {}).status(), pending);
  EXPECT_THAT(ReconfigureStream({}, {}).status(), pending);
  const auto listed = ListStreams();
  ASSERT_EQ(listed->streams_size(), 1);
  EXPECT_TRUE(listed->streams(0).has_deleted_at());

  clock_->Advance(absl::Seconds(1));
  EXPECT_THAT(Tail().status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(DeleteStream(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_EQ(CreateStream(kStream, {}), absl::OkStatus());
  EXPECT_EQ(*Tail(), 0u);
}

TEST_F(ControlTest, NamesBeyondAsciiAreOrderedByTheirBytes) {
  for (const char* name : {"\xc3\xa9", "b", "B"}) {
    ASSERT_EQ(CreateStream(name, {}), absl::OkStatus());
  }
  EXPECT_THAT(Names(*ListStreams()), ElementsAre("B", kStream, "b", "\xc3\xa9"));
}

TEST_F(ControlTest, AnUnlimitedPageHasAThousand) {
  for (int i = 0; i < 1001; ++i) {
    ASSERT_EQ(CreateStream(absl::StrCat("s", i), {}), absl::OkStatus());
  }
  for (const uint32_t limit : {0, 1000, 1001, 100000}) {
    const auto page = ListStreams(limit);
    EXPECT_EQ(page->streams_size(), 1000);
    EXPECT_TRUE(page->has_more());
  }
}

TEST_F(ControlTest, AStreamThatIsEmptyForLongEnoughDeletesItself) {
  ASSERT_EQ(CreateStream("s", MinAge(60)), absl::OkStatus());
  clock_->Advance(absl::Seconds(59));
  ASSERT_TRUE(Append(Input({"a"}), "s").ok());
  clock_->Advance(absl::Minutes(10));
  EXPECT_EQ(*Tail("s"), 1u);
  ASSERT_TRUE(Append(Input(MakeTrimRecord(2)), "s").ok());
  clock_->Advance(absl::Seconds(59));
  EXPECT_EQ(*Tail("s"), 2u);
  clock_->Advance(absl::Minutes(2));
  EXPECT_THAT(Tail("s").status(), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(ControlTest, OpeningAnAppendSessionCreatesTheStreamAndAnInvalidBatchDoesNot) {
  AllowAppendsToCreate();
  AppendCall session(*streams_, "session");
  EXPECT_TRUE(session.Accepted());
  EXPECT_TRUE(GetStream("session").ok());
  EXPECT_THAT(Append(v1::AppendInput(), "other").status(), HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(GetStream("other").status(), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(ControlTest, TheCallsConfigurationIsUsedIfItCreatesTheStream) {
  AllowAppendsToCreate();
  for (const char* stream : {"new", kEncodedStream}) {
    CallContext context(kBasin, stream);
    context.AddMetadata("s2-stream-config-bin", Age(77).SerializeAsString());
    v1::AppendAck ack;
    EXPECT_EQ(FromGrpc(streams_->Append(&context, Input({"x"}), &ack)), absl::OkStatus());
  }
  EXPECT_EQ(GetStream("new")->retention_policy().age(), 77u);
  EXPECT_EQ(GetStream()->retention_policy().age(), 604800u);
}

}  // namespace
}  // namespace s2
