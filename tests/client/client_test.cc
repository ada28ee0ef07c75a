// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
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

  absl::StatusOr<AppendSession> OpenAppendSession(const AppendSessionParams& params) override {
    append_options.push_back(params.options);
    return absl::UnavailableError("");
  }
  absl::StatusOr<ReadSession> OpenReadSession(const ReadSessionParams& params) override {
    read_options.push_back(params.options);
    return absl::UnavailableError("");
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
  std::vector<std::optional<AppendSessionOptions>> append_options;
  std::vector<std::optional<ReadSessionOptions>> read_options;
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

TEST_F(ClientTest, WhoOpensASessionWithoutOptionsLeavesThemToTheConnection) {
  const s2::Stream stream = client_.Basin("basin-one").Stream("s");
  AppendSessionOptions append;
  append.max_unacked_batches = 7;
  EXPECT_FALSE(stream.OpenAppendSession().ok());
  EXPECT_FALSE(stream.OpenAppendSession(append).ok());
  ASSERT_EQ(connection_->append_options.size(), 2u);
  EXPECT_FALSE(connection_->append_options[0].has_value());
  EXPECT_EQ(connection_->append_options[1]->max_unacked_batches, 7u);
  ReadSessionOptions read;
  read.max_buffered_bytes = 7;
  EXPECT_FALSE(stream.OpenReadSession({}).ok());
  EXPECT_FALSE(stream.OpenReadSession({}, read).ok());
  ASSERT_EQ(connection_->read_options.size(), 2u);
  EXPECT_FALSE(connection_->read_options[0].has_value());
  EXPECT_EQ(connection_->read_options[1]->max_buffered_bytes, 7u);
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
