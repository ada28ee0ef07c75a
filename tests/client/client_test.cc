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
#include "s2/testing/mock_connection.h"

namespace s2 {
namespace {

using ::testing::Eq;
using ::testing::Field;
using ::testing::NiceMock;
using ::testing::Optional;
using ::testing::ReturnPointee;

// Names "a" to "e", two a page; "b" is being deleted.
template <typename Page, typename Request, typename Add>
Page ListPage(const Request& request, Add add) {
  Page page;
  char next = request.start_after().empty() ? 'a' : static_cast<char>(request.start_after()[0] + 1);
  for (int i = 0; i < 2 && next <= 'e'; ++i, ++next) {
    auto* item = add(page);
    item->set_name(std::string(1, next));
    if (next == 'b') item->mutable_deleted_at();
  }
  page.set_has_more(next <= 'e');
  return page;
}

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() {
    ON_CALL(*connection_, ListBasins).WillByDefault([this](const auto& params) {
      list_basins_.push_back(params.request);
      return ListPage<rpc::v1::ListBasinsResponse>(params.request,
                                                   [](auto& page) { return page.add_basins(); });
    });
    ON_CALL(*connection_, ListStreams).WillByDefault([](const auto& params) {
      EXPECT_EQ(params.basin, "basin-one");
      return ListPage<rpc::v1::ListStreamsResponse>(params.request,
                                                    [](auto& page) { return page.add_streams(); });
    });
    ON_CALL(*connection_, DeleteBasin).WillByDefault(ReturnPointee(&deleted_));
    ON_CALL(*connection_, DeleteStream).WillByDefault(ReturnPointee(&deleted_));
  }

  const std::shared_ptr<NiceMock<testing::MockConnection>> connection_ =
      std::make_shared<NiceMock<testing::MockConnection>>();
  const Client client_{connection_};
  std::vector<rpc::v1::ListBasinsRequest> list_basins_;
  absl::Status deleted_;
};

template <typename Item>
std::string Names(const absl::StatusOr<std::vector<Item>>& items) {
  std::string names;
  for (const Item& item : *items) names += item.name();
  return names;
}

TEST_F(ClientTest, ListAllTurnsThePages) {
  EXPECT_EQ(Names(client_.ListAllBasins("p", true)), "abcde");
  ASSERT_EQ(list_basins_.size(), 3u);
  EXPECT_EQ(list_basins_[0].prefix(), "p");
  EXPECT_EQ(list_basins_[1].prefix(), "p");
  EXPECT_EQ(list_basins_[1].start_after(), "b");
  EXPECT_EQ(Names(client_.Basin("basin-one").ListAllStreams("", true)), "abcde");
}

TEST_F(ClientTest, ListAllLeavesOutWhatIsBeingDeleted) {
  EXPECT_EQ(Names(client_.ListAllBasins()), "acde");
  EXPECT_EQ(Names(client_.Basin("basin-one").ListAllStreams()), "acde");
}

TEST_F(ClientTest, DeletingWhatIsMissingMayBeIgnored) {
  deleted_ = MakeError(ErrorCode::kBasinNotFound, "");
  EXPECT_EQ(client_.DeleteBasin("basin-one"), deleted_);
  EXPECT_TRUE(client_.DeleteBasin("basin-one", true).ok());
  EXPECT_FALSE(client_.Basin("basin-one").DeleteStream("s", true).ok()) << "the basin is missing";
  deleted_ = MakeError(ErrorCode::kStreamNotFound, "");
  EXPECT_TRUE(client_.Basin("basin-one").DeleteStream("s", true).ok());
}

TEST_F(ClientTest, WhoOpensASessionWithoutOptionsLeavesThemToTheConnection) {
  const s2::Stream stream = client_.Basin("basin-one").Stream("s");
  AppendSessionOptions append;
  append.max_unacked_batches = 7;
  const auto no_session = [](const auto&) { return absl::UnavailableError(""); };
  EXPECT_CALL(*connection_,
              OpenAppendSession(Field(&AppendSessionParams::options, Eq(std::nullopt))))
      .WillOnce(no_session);
  EXPECT_CALL(*connection_,
              OpenAppendSession(
                  Field(&AppendSessionParams::options,
                        Optional(Field(&AppendSessionOptions::max_unacked_batches, size_t{7})))))
      .WillOnce(no_session);
  EXPECT_FALSE(stream.OpenAppendSession().ok());
  EXPECT_FALSE(stream.OpenAppendSession(append).ok());

  ReadSessionOptions read;
  read.max_buffered_bytes = 7;
  EXPECT_CALL(*connection_, OpenReadSession(Field(&ReadSessionParams::options, Eq(std::nullopt))))
      .WillOnce(no_session);
  EXPECT_CALL(
      *connection_,
      OpenReadSession(Field(&ReadSessionParams::options,
                            Optional(Field(&ReadSessionOptions::max_buffered_bytes, size_t{7})))))
      .WillOnce(no_session);
  EXPECT_FALSE(stream.OpenReadSession({}).ok());
  EXPECT_FALSE(stream.OpenReadSession({}, read).ok());
}

TEST_F(ClientTest, HandlesSayWhereTheyPoint) {
  using testing::CallParams;
  const s2::Basin basin = client_.Basin("basin-one");
  const s2::Stream stream = basin.Stream("s");
  EXPECT_EQ(stream.basin(), "basin-one");
  EXPECT_EQ(stream.name(), "s");
  EXPECT_CALL(*connection_, CreateStream).WillOnce([](const auto& params) {
    EXPECT_EQ(params.basin, "basin-one");
    rpc::v1::CreateStreamResponse response;
    response.mutable_info()->set_name(params.request.stream());
    return response;
  });
  EXPECT_EQ(basin.CreateStream("s")->info().name(), "s");
  EXPECT_CALL(*connection_, Append).WillOnce([](const CallParams<v1::AppendInput>& params) {
    EXPECT_EQ(params.basin, "basin-one");
    EXPECT_EQ(params.stream, "s");
    EXPECT_EQ(params.encryption_key, "key");
    return v1::AppendAck();
  });
  EXPECT_TRUE(stream.WithEncryptionKey("key").Append({}).ok());
}

}  // namespace
}  // namespace s2
