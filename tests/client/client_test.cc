// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "s2/retry/error.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;

// A connection of which the test fills in what it needs; all else is UNIMPLEMENTED.
class FakeConnection : public Connection {
 public:
  template <typename Request>
  using Seen = CallParams<Request>;

  absl::StatusOr<rpc::v1::ListBasinsResponse> ListBasins(
      const Seen<rpc::v1::ListBasinsRequest>& params) override {
    list_basins.push_back(params.request);
    return ListPage<rpc::v1::ListBasinsResponse>(params.request,
                                                 [](auto& page) { return page.add_basins(); });
  }
  absl::StatusOr<rpc::v1::CreateBasinResponse> CreateBasin(
      const Seen<rpc::v1::CreateBasinRequest>&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<rpc::v1::EnsureBasinResponse> EnsureBasin(
      const Seen<rpc::v1::EnsureBasinRequest>&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<rpc::v1::BasinConfig> GetBasinConfig(
      const Seen<rpc::v1::GetBasinConfigRequest>&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<rpc::v1::BasinConfig> ReconfigureBasin(
      const Seen<rpc::v1::ReconfigureBasinRequest>&) override {
    return absl::UnimplementedError("");
  }
  absl::Status DeleteBasin(const Seen<rpc::v1::DeleteBasinRequest>&) override { return deleted; }
  absl::StatusOr<rpc::v1::ListStreamsResponse> ListStreams(
      const Seen<rpc::v1::ListStreamsRequest>& params) override {
    EXPECT_EQ(params.basin, "basin-one");
    return ListPage<rpc::v1::ListStreamsResponse>(params.request,
                                                  [](auto& page) { return page.add_streams(); });
  }
  absl::StatusOr<rpc::v1::CreateStreamResponse> CreateStream(
      const Seen<rpc::v1::CreateStreamRequest>& params) override {
    EXPECT_EQ(params.basin, "basin-one");
    rpc::v1::CreateStreamResponse response;
    response.mutable_info()->set_name(params.request.stream());
    return response;
  }
  absl::StatusOr<rpc::v1::EnsureStreamResponse> EnsureStream(
      const Seen<rpc::v1::EnsureStreamRequest>&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<rpc::v1::StreamConfig> GetStreamConfig(
      const Seen<rpc::v1::GetStreamConfigRequest>&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<rpc::v1::StreamConfig> ReconfigureStream(
      const Seen<rpc::v1::ReconfigureStreamRequest>&) override {
    return absl::UnimplementedError("");
  }
  absl::Status DeleteStream(const Seen<rpc::v1::DeleteStreamRequest>&) override { return deleted; }
  absl::StatusOr<v1::StreamPosition> CheckTail(
      const Seen<rpc::v1::CheckTailRequest>& params) override {
    EXPECT_EQ(params.basin, "basin-one");
    EXPECT_EQ(params.stream, "s");
    return v1::StreamPosition();
  }
  absl::StatusOr<v1::AppendAck> Append(const Seen<v1::AppendInput>& params) override {
    EXPECT_EQ(params.encryption_key, "key");
    return v1::AppendAck();
  }
  absl::StatusOr<v1::ReadBatch> Read(const Seen<rpc::v1::ReadRequest>&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<AppendSession> OpenAppendSession(const AppendSessionParams&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<ReadSession> OpenReadSession(const ReadSessionParams&) override {
    return absl::UnimplementedError("");
  }

  // Names "a" to "e", two a page; "b" is being deleted.
  template <typename Page, typename Request, typename Add>
  Page ListPage(const Request& request, Add add) {
    Page page;
    char next =
        request.start_after().empty() ? 'a' : static_cast<char>(request.start_after()[0] + 1);
    for (int i = 0; i < 2 && next <= 'e'; ++i, ++next) {
      auto* item = add(page);
      item->set_name(std::string(1, next));
      if (next == 'b') item->mutable_deleted_at();
    }
    page.set_has_more(next <= 'e');
    return page;
  }

  std::vector<rpc::v1::ListBasinsRequest> list_basins;
  absl::Status deleted;
};

class ClientTest : public ::testing::Test {
 protected:
  const std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  const Client client_{connection_};
};

template <typename Item>
std::string Names(const absl::StatusOr<std::vector<Item>>& items) {
  std::string names;
  for (const Item& item : *items) names += item.name();
  return names;
}

TEST_F(ClientTest, ListAllTurnsThePages) {
  EXPECT_EQ(Names(client_.ListAllBasins("p", true)), "abcde");
  ASSERT_EQ(connection_->list_basins.size(), 3u);
  EXPECT_EQ(connection_->list_basins[0].prefix(), "p");
  EXPECT_EQ(connection_->list_basins[1].prefix(), "p");
  EXPECT_EQ(connection_->list_basins[1].start_after(), "b");
  EXPECT_EQ(Names(client_.Basin("basin-one").ListAllStreams("", true)), "abcde");
}

TEST_F(ClientTest, ListAllLeavesOutWhatIsBeingDeleted) {
  EXPECT_EQ(Names(client_.ListAllBasins()), "acde");
  EXPECT_EQ(Names(client_.Basin("basin-one").ListAllStreams()), "acde");
}

TEST_F(ClientTest, DeletingWhatIsMissingMayBeIgnored) {
  connection_->deleted = MakeError(ErrorCode::kBasinNotFound, "");
  EXPECT_EQ(client_.DeleteBasin("basin-one"), connection_->deleted);
  EXPECT_TRUE(client_.DeleteBasin("basin-one", true).ok());
  EXPECT_FALSE(client_.Basin("basin-one").DeleteStream("s", true).ok()) << "the basin is missing";
  connection_->deleted = MakeError(ErrorCode::kStreamNotFound, "");
  EXPECT_TRUE(client_.Basin("basin-one").DeleteStream("s", true).ok());
}

TEST_F(ClientTest, HandlesSayWhereTheyPoint) {
  const s2::Basin basin = client_.Basin("basin-one");
  const s2::Stream stream = basin.Stream("s");
  EXPECT_EQ(stream.basin(), "basin-one");
  EXPECT_EQ(stream.name(), "s");
  EXPECT_EQ(basin.CreateStream("s")->info().name(), "s");
  EXPECT_TRUE(stream.CheckTail().ok());
  EXPECT_TRUE(stream.WithEncryptionKey("key").Append({}).ok());
}

}  // namespace
}  // namespace s2
