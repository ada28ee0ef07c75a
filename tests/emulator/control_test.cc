// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using rpc::v1::BasinConfig;
using rpc::v1::StreamConfig;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

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
  absl::StatusOr<BasinConfig> GetBasin(const std::string& name = kBasin) {
    rpc::v1::GetBasinConfigRequest request;
    request.set_basin(name);
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
  absl::Status DeleteBasin(const std::string& name = kBasin) {
    rpc::v1::DeleteBasinRequest request;
    request.set_basin(name);
    return Call<rpc::v1::DeleteBasinResponse>(*account_,
                                              &rpc::v1::AccountService::Stub::DeleteBasin, request)
        .status();
  }
  std::vector<std::string> ListBasins(const std::string& prefix, const std::string& start_after,
                                      uint32_t limit, bool* more = nullptr) {
    rpc::v1::ListBasinsRequest request;
    request.set_prefix(prefix);
    request.set_start_after(start_after);
    request.set_limit(limit);
    const auto page = Call<rpc::v1::ListBasinsResponse>(
        *account_, &rpc::v1::AccountService::Stub::ListBasins, request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (more != nullptr) *more = page->has_more();
    std::vector<std::string> names;
    for (const auto& basin : page->basins()) names.push_back(basin.name());
    return names;
  }

  absl::StatusOr<rpc::v1::CreateStreamResponse> CreateStreamWith(const std::string& name,
                                                                 const std::string& token,
                                                                 const StreamConfig& config) {
    rpc::v1::CreateStreamRequest request;
    request.set_stream(name);
    request.set_request_token(token);
    *request.mutable_config() = config;
    return Call<rpc::v1::CreateStreamResponse>(*basins_, &rpc::v1::BasinService::Stub::CreateStream,
                                               request);
  }
  absl::StatusOr<rpc::v1::EnsureStreamResponse> EnsureStream(const std::string& name,
                                                             const StreamConfig& config) {
    rpc::v1::EnsureStreamRequest request;
    request.set_stream(name);
    *request.mutable_config() = config;
    return Call<rpc::v1::EnsureStreamResponse>(*basins_, &rpc::v1::BasinService::Stub::EnsureStream,
                                               request);
  }
  absl::StatusOr<StreamConfig> GetStream(const std::string& name = kStream,
                                         const std::string& basin = kBasin) {
    rpc::v1::GetStreamConfigRequest request;
    request.set_stream(name);
    return Call<StreamConfig>(*basins_, &rpc::v1::BasinService::Stub::GetStreamConfig, request,
                              basin);
  }
  absl::StatusOr<StreamConfig> ReconfigureStream(const std::vector<std::string>& paths,
                                                 const StreamConfig& config,
                                                 const std::string& name = kStream) {
    rpc::v1::ReconfigureStreamRequest request;
    request.set_stream(name);
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    *request.mutable_config() = config;
    return Call<StreamConfig>(*basins_, &rpc::v1::BasinService::Stub::ReconfigureStream, request);
  }
  absl::StatusOr<rpc::v1::ListStreamsResponse> ListStreams(const std::string& prefix,
                                                           const std::string& start_after,
                                                           uint32_t limit,
                                                           const std::string& basin = kBasin) {
    rpc::v1::ListStreamsRequest request;
    request.set_prefix(prefix);
    request.set_start_after(start_after);
    request.set_limit(limit);
    return Call<rpc::v1::ListStreamsResponse>(*basins_, &rpc::v1::BasinService::Stub::ListStreams,
                                              request, basin);
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
};

TEST_F(ControlTest, CreatingABasinAgainIsAnErrorUnlessTokenAndConfigurationAreTheSame) {
  const auto created = CreateBasinWith("basin-two", "token", Defaults(Age(5)));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->result(), rpc::v1::PROVISION_RESULT_CREATED);
  EXPECT_EQ(created->info().created_at().seconds(), absl::ToUnixSeconds(clock_->Now()));
  EXPECT_FALSE(created->info().has_deleted_at());
  EXPECT_FALSE(created->info().has_location());
  EXPECT_EQ(CreateBasinWith("basin-two", "token", Defaults(Age(5)))->result(),
            rpc::v1::PROVISION_RESULT_NOOP);
  EXPECT_THAT(CreateBasinWith("basin-two", "token", Defaults(Age(6))).status(),
              HasCode(ErrorCode::kResourceAlreadyExists));
  EXPECT_THAT(CreateBasinWith("basin-two", "other", Defaults(Age(5))).status(),
              HasCode(ErrorCode::kResourceAlreadyExists));
  EXPECT_THAT(CreateBasinWith("basin-two", "", Defaults(Age(5))).status(),
              HasCode(ErrorCode::kResourceAlreadyExists));
}

TEST_F(ControlTest, EnsureKeepsTheTokenOfTheCreationAndSaysWhatItTook) {
  ASSERT_TRUE(CreateBasinWith("basin-two", "token", Defaults(Age(5))).ok());
  EXPECT_EQ(EnsureBasin("basin-two", Defaults(Age(5)))->result(), rpc::v1::PROVISION_RESULT_NOOP);
  EXPECT_EQ(EnsureBasin("basin-two", Defaults(Age(6)))->result(),
            rpc::v1::PROVISION_RESULT_UPDATED);
  EXPECT_EQ(GetBasin("basin-two")->default_stream_config().retention_policy().age(), 6u);
  EXPECT_EQ(EnsureBasin("basin-two", {})->result(), rpc::v1::PROVISION_RESULT_UPDATED);
  EXPECT_FALSE(GetBasin("basin-two")->has_default_stream_config());
  EXPECT_EQ(CreateBasinWith("basin-two", "token", Defaults(Age(5)))->result(),
            rpc::v1::PROVISION_RESULT_NOOP);
  EXPECT_EQ(EnsureBasin("basin-three", {})->result(), rpc::v1::PROVISION_RESULT_CREATED);
  EXPECT_EQ(EnsureBasin("basin-zero", Defaults(MinAge(0)))->result(),
            rpc::v1::PROVISION_RESULT_CREATED);
  EXPECT_EQ(EnsureBasin("basin-zero", Defaults(MinAge(0)))->result(),
            rpc::v1::PROVISION_RESULT_NOOP);
}

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

TEST_F(ControlTest, ReconfiguringABasinTouchesNamedFieldsOnly) {
  BasinConfig update = Defaults(Age(7));
  update.mutable_default_stream_config()->set_storage_class("standard");
  update.set_create_stream_on_append(true);
  const auto first = ReconfigureBasin(
      {"default_stream_config.retention_policy", "create_stream_on_append"}, update);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->default_stream_config().retention_policy().age(), 7u);
  EXPECT_FALSE(first->default_stream_config().has_storage_class());
  EXPECT_TRUE(first->create_stream_on_append());
  EXPECT_FALSE(first->create_stream_on_read());
  const auto cleared = ReconfigureBasin({"default_stream_config"}, {});
  EXPECT_FALSE(cleared->has_default_stream_config());
  EXPECT_TRUE(cleared->create_stream_on_append());
  EXPECT_TRUE(ReconfigureBasin({}, Defaults(Age(9)))->create_stream_on_append());
  EXPECT_THAT(ReconfigureBasin({"create_stream_on_append"}, {}).status(),
              HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(ReconfigureBasin({"default_stream_config.nonsense"}, {}).status(),
              HasCode(ErrorCode::kInvalid));
  EXPECT_TRUE(GetBasin()->create_stream_on_append());
}

TEST_F(ControlTest, ABasinThatDoesNotExistIsNotFound) {
  EXPECT_THAT(GetBasin("basin-two").status(), HasCode(ErrorCode::kBasinNotFound));
  EXPECT_THAT(DeleteBasin("basin-two"), HasCode(ErrorCode::kBasinNotFound));
  EXPECT_THAT(ListStreams("", "", 0, "basin-two").status(), HasCode(ErrorCode::kBasinNotFound));
  EXPECT_THAT(GetStream(kStream, "basin-two").status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(Tail(kEncodedStream, "basin-two").status(), HasCode(ErrorCode::kBasinNotFound));
}

TEST_F(ControlTest, ADeletedBasinRefusesNewStreamsServesOldOnesAndIsGoneAfterTheHold) {
  EXPECT_EQ(DeleteBasin(), absl::OkStatus());
  EXPECT_EQ(DeleteBasin(), absl::OkStatus());
  EXPECT_THAT(CreateStream("new", {}), HasCode(ErrorCode::kBasinDeletionPending));
  EXPECT_THAT(EnsureStream("new", {}).status(), HasCode(ErrorCode::kBasinDeletionPending));
  EXPECT_THAT(CreateBasin(kBasin, {}), HasCode(ErrorCode::kBasinDeletionPending));
  EXPECT_THAT(EnsureBasin(kBasin, {}).status(), HasCode(ErrorCode::kBasinDeletionPending));
  EXPECT_THAT(ReconfigureBasin({}, {}).status(), HasCode(ErrorCode::kBasinDeletionPending));
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

TEST_F(ControlTest, BasinsAreListedInOrderByPages) {
  for (const char* name : {"test-bbbb", "test-aaaa", "test-cccc"}) {
    ASSERT_EQ(CreateBasin(name, {}), absl::OkStatus());
  }
  bool more = true;
  EXPECT_THAT(ListBasins("", "", 0, &more),
              ElementsAre(kBasin, "test-aaaa", "test-bbbb", "test-cccc"));
  EXPECT_FALSE(more);
  EXPECT_THAT(ListBasins("test", "", 2, &more), ElementsAre("test-aaaa", "test-bbbb"));
  EXPECT_TRUE(more);
  EXPECT_THAT(ListBasins("test", "test-bbbb", 2, &more), ElementsAre("test-cccc"));
  EXPECT_FALSE(more);
  EXPECT_THAT(ListBasins("none", "", 0), IsEmpty());
  EXPECT_THAT(ListBasins("test", "a", 0), ElementsAre("test-aaaa", "test-bbbb", "test-cccc"));
  EXPECT_THAT(ListBasins("basin", "test", 0), IsEmpty());
}

TEST_F(ControlTest, AStreamTakesWhatItLeavesUnsetFromItsBasinThenTheSystem) {
  StreamConfig defaults = Age(100);
  defaults.mutable_timestamping()->set_uncapped(true);
  ASSERT_TRUE(ReconfigureBasin({"default_stream_config"}, Defaults(defaults)).ok());
  StreamConfig own;
  own.mutable_timestamping()->set_mode(rpc::v1::TIMESTAMPING_MODE_ARRIVAL);
  own.set_storage_class("anything");
  ASSERT_EQ(CreateStream("s", own), absl::OkStatus());
  const auto config = GetStream("s");
  EXPECT_EQ(config->storage_class(), "anything");
  EXPECT_EQ(config->retention_policy().age(), 100u);
  EXPECT_EQ(config->timestamping().mode(), rpc::v1::TIMESTAMPING_MODE_ARRIVAL);
  EXPECT_TRUE(config->timestamping().uncapped());
  EXPECT_EQ(config->delete_on_empty().min_age_secs(), 0u);
  EXPECT_TRUE(config->delete_on_empty().has_min_age_secs());

  const auto system = GetStream();
  EXPECT_EQ(system->storage_class(), "express");
  EXPECT_EQ(system->retention_policy().age(), 604800u);
  EXPECT_EQ(system->timestamping().mode(), rpc::v1::TIMESTAMPING_MODE_CLIENT_PREFER);
  EXPECT_FALSE(system->timestamping().uncapped());
}

TEST_F(ControlTest, AnExplicitZeroMinAgeOverridesTheBasins) {
  ASSERT_TRUE(ReconfigureBasin({"default_stream_config"}, Defaults(MinAge(50))).ok());
  ASSERT_EQ(CreateStream("zero", MinAge(0)), absl::OkStatus());
  ASSERT_EQ(CreateStream("unset", {}), absl::OkStatus());
  EXPECT_EQ(GetStream("zero")->delete_on_empty().min_age_secs(), 0u);
  EXPECT_EQ(GetStream("unset")->delete_on_empty().min_age_secs(), 50u);
}

TEST_F(ControlTest, InfiniteRetentionIsKept) {
  StreamConfig config;
  config.mutable_retention_policy()->mutable_infinite();
  ASSERT_EQ(CreateStream("s", config), absl::OkStatus());
  EXPECT_TRUE(GetStream("s")->retention_policy().has_infinite());
}

TEST_F(ControlTest, CreatingAStreamAgainIsARepeatEvenIfTheBasinsDefaultsHaveChanged) {
  const auto created = CreateStreamWith("s", "token", Age(5));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->result(), rpc::v1::PROVISION_RESULT_CREATED);
  ASSERT_TRUE(ReconfigureBasin({"default_stream_config"}, Defaults(MinAge(50))).ok());
  EXPECT_EQ(CreateStreamWith("s", "token", Age(5))->result(), rpc::v1::PROVISION_RESULT_NOOP);
  EXPECT_THAT(CreateStreamWith("s", "token", Age(6)).status(),
              HasCode(ErrorCode::kResourceAlreadyExists));
  EXPECT_THAT(CreateStreamWith("s", "other", Age(5)).status(),
              HasCode(ErrorCode::kResourceAlreadyExists));
}

TEST_F(ControlTest, EnsuringAStreamResetsWhatIsUnsetAndReachesItAtOnce) {
  ASSERT_TRUE(CreateStreamWith("s", "token", Age(5)).ok());
  AppendCall session(*streams_, "s");
  ASSERT_TRUE(session.Accepted());
  StreamConfig arrival;
  arrival.mutable_timestamping()->set_mode(rpc::v1::TIMESTAMPING_MODE_ARRIVAL);
  EXPECT_EQ(EnsureStream("s", arrival)->result(), rpc::v1::PROVISION_RESULT_UPDATED);
  EXPECT_EQ(GetStream("s")->retention_policy().age(), 604800u);
  EXPECT_EQ(EnsureStream("s", arrival)->result(), rpc::v1::PROVISION_RESULT_NOOP);
  EXPECT_TRUE(session.Write(At(1)));
  EXPECT_EQ(session.Ack().first, 0);
  EXPECT_EQ(Append(At(1), "s")->start().timestamp(), NowMillis());
  EXPECT_EQ(CreateStreamWith("s", "token", Age(5))->result(), rpc::v1::PROVISION_RESULT_NOOP);
}

TEST_F(ControlTest, ReconfiguringAStreamTouchesNamedFieldsAndClearsToTheBasinsDefaults) {
  ASSERT_EQ(CreateStream("s", Age(5)), absl::OkStatus());
  StreamConfig update;
  update.mutable_timestamping()->set_uncapped(true);
  const auto first = ReconfigureStream({"timestamping.uncapped"}, update, "s");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(first->timestamping().uncapped());
  EXPECT_EQ(first->timestamping().mode(), rpc::v1::TIMESTAMPING_MODE_CLIENT_PREFER);
  EXPECT_EQ(first->retention_policy().age(), 5u);
  ASSERT_TRUE(ReconfigureBasin({"default_stream_config"}, Defaults(Age(77))).ok());
  const auto cleared = ReconfigureStream({"retention_policy"}, {}, "s");
  EXPECT_EQ(cleared->retention_policy().age(), 77u);
  EXPECT_TRUE(cleared->timestamping().uncapped());
  EXPECT_EQ(ReconfigureStream({}, Age(9), "s")->retention_policy().age(), 77u);
  EXPECT_THAT(ReconfigureStream({"retention_policy"}, Age(0), "s").status(),
              HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(ReconfigureStream({"nonsense"}, {}, "s").status(), HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(ReconfigureStream({}, {}, "missing").status(), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(ControlTest, ADeletedStreamSaysSoUntilItIsPurgedAndThenStartsAnew) {
  ASSERT_TRUE(Append({"a"}).ok());
  ASSERT_TRUE(Append(Input(MakeFenceRecord("t"))).ok());
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
  const auto listed = ListStreams("", "", 0);
  ASSERT_EQ(listed->streams_size(), 1);
  EXPECT_TRUE(listed->streams(0).has_deleted_at());

  clock_->Advance(absl::Seconds(1));
  EXPECT_THAT(Tail().status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(DeleteStream(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_EQ(CreateStream(kStream, {}), absl::OkStatus());
  EXPECT_EQ(*Tail(), 0u);
  v1::AppendInput unfenced = Input({"c"});
  unfenced.set_fencing_token("");
  EXPECT_EQ(Append(unfenced)->start().seq_num(), 0u);
}

TEST_F(ControlTest, StreamsAreListedInTheOrderOfTheirBytesByPages) {
  for (const char* name : {"b", "a", "\xc3\xa9", "B", "ba"}) {
    ASSERT_EQ(CreateStream(name, {}), absl::OkStatus());
  }
  EXPECT_THAT(Names(*ListStreams("", "", 0)),
              ElementsAre("B", "a", kStream, "b", "ba", "\xc3\xa9"));
  EXPECT_THAT(Names(*ListStreams("b", "", 0)), ElementsAre("b", "ba"));
  const auto page = ListStreams("", "a", 2);
  EXPECT_THAT(Names(*page), ElementsAre(kStream, "b"));
  EXPECT_TRUE(page->has_more());
  EXPECT_THAT(Names(*ListStreams("", "z", 0)), ElementsAre("\xc3\xa9"));
  EXPECT_FALSE(ListStreams("", "", 5000)->has_more());
}

TEST_F(ControlTest, AnUnlimitedPageHasAThousand) {
  for (int i = 0; i < 1001; ++i) {
    ASSERT_EQ(CreateStream(absl::StrCat("s", i), {}), absl::OkStatus());
  }
  for (const uint32_t limit : {0, 1000, 1001, 100000}) {
    const auto page = ListStreams("s", "", limit);
    EXPECT_EQ(page->streams_size(), 1000);
    EXPECT_TRUE(page->has_more());
  }
}

TEST_F(ControlTest, AStreamKeepsTheCipherOfItsCreationAndWantsAKey) {
  BasinConfig config;
  config.set_stream_cipher("aegis-256");
  ASSERT_TRUE(ReconfigureBasin({"stream_cipher"}, config).ok());
  ASSERT_EQ(CreateStreamWith("s", "", {})->info().cipher(), "aegis-256");
  EXPECT_FALSE(ReconfigureBasin({"stream_cipher"}, {})->has_stream_cipher());
  EXPECT_EQ(EnsureStream("s", {})->info().cipher(), "aegis-256");
  EXPECT_THAT(Append(Input({"x"}), "s").status(), HasCode(ErrorCode::kBadHeader));
  CallContext with_key(kBasin, "s");
  with_key.AddMetadata("s2-encryption-key", "a2V5");
  v1::AppendAck ack;
  EXPECT_EQ(FromGrpc(streams_->Append(&with_key, Input({"x"}), &ack)), absl::OkStatus());
  EXPECT_TRUE(Tail("s").ok());
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

class AutoCreateTest : public ControlTest {
 protected:
  void Allow(bool on_append, bool on_read) {
    BasinConfig config = Defaults(Age(33));
    config.set_create_stream_on_append(on_append);
    config.set_create_stream_on_read(on_read);
    ASSERT_TRUE(EnsureBasin(kBasin, config).ok());
  }
};

TEST_F(AutoCreateTest, NothingIsCreatedUnlessTheBasinAllowsIt) {
  Allow(false, true);
  EXPECT_THAT(Append(Input({"x"}), "new").status(), HasCode(ErrorCode::kStreamNotFound));
  Allow(true, false);
  EXPECT_THAT(Tail("new").status(), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(AutoCreateTest, AnAppendOrItsSessionCreatesTheStreamWithTheBasinsDefaults) {
  Allow(true, false);
  EXPECT_EQ(Append(Input({"x"}), "new")->start().seq_num(), 0u);
  EXPECT_EQ(GetStream("new")->retention_policy().age(), 33u);
  AppendCall session(*streams_, "session");
  EXPECT_TRUE(session.Accepted());
  EXPECT_TRUE(GetStream("session").ok());
}

TEST_F(AutoCreateTest, AFailedConditionCreatesTheStreamAndAnInvalidBatchDoesNot) {
  Allow(true, false);
  EXPECT_THAT(Append(Matched(5, "x"), "new").status(), HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_TRUE(GetStream("new").ok());
  EXPECT_THAT(Append(v1::AppendInput(), "other").status(), HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(GetStream("other").status(), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(AutoCreateTest, AReadOrATailCheckCreatesTheStream) {
  Allow(false, true);
  EXPECT_EQ(*Tail("new"), 0u);
  CallContext context(kBasin, "read");
  v1::ReadBatch batch;
  EXPECT_THAT(FromGrpc(streams_->Read(&context, From(0), &batch)),
              HasCode(ErrorCode::kReadUnwritten));
  EXPECT_TRUE(GetStream("read").ok());
}

TEST_F(AutoCreateTest, TheCallsConfigurationIsUsedIfItCreatesTheStream) {
  Allow(true, false);
  for (const char* stream : {"new", "a%20stream%2Fwith%20%25"}) {
    CallContext context(kBasin, stream);
    context.AddMetadata("s2-stream-config-bin", Age(77).SerializeAsString());
    v1::AppendAck ack;
    EXPECT_EQ(FromGrpc(streams_->Append(&context, Input({"x"}), &ack)), absl::OkStatus());
  }
  EXPECT_EQ(GetStream("new")->retention_policy().age(), 77u);
  EXPECT_EQ(GetStream()->retention_policy().age(), 604800u);
}

TEST_F(AutoCreateTest, ABasinThatIsBeingDeletedCreatesNothing) {
  Allow(true, true);
  EXPECT_EQ(DeleteBasin(), absl::OkStatus());
  EXPECT_THAT(Append(Input({"x"}), "new").status(), HasCode(ErrorCode::kBasinDeletionPending));
}

}  // namespace
}  // namespace s2
