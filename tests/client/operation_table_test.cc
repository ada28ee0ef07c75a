// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/operation_table.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/client/client.h"
#include "s2/client/make_client_from_stubs.h"
#include "s2/record/record.h"
#include "s2/testing/manual_clock.h"

namespace s2::internal {
namespace {

// Methods of our services for which the client has no verb.
bool HasNoVerb(const std::string& method) {
  static const auto* const methods = new std::set<std::string>{
      "ListAccessTokens",  "IssueAccessToken",   "RevokeAccessToken",
      "ListLocations",     "GetDefaultLocation", "SetDefaultLocation",
      "GetAccountMetrics", "GetBasinMetrics",    "GetStreamMetrics",
  };
  return methods->count(method) > 0;
}

TEST(OperationTable, HasARowForEachUnaryMethodOfOurServices) {
  int rows = 0;
  for (const google::protobuf::Descriptor* message :
       {rpc::v1::ListBasinsRequest::descriptor(), rpc::v1::ListStreamsRequest::descriptor(),
        rpc::v1::CheckTailRequest::descriptor()}) {
    const google::protobuf::ServiceDescriptor* service = message->file()->service(0);
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor* method = service->method(i);
      if (method->client_streaming() || method->server_streaming()) continue;
      const OperationRow* row = FindOperationRow(method->input_type());
      EXPECT_EQ(row == nullptr, HasNoVerb(method->name())) << method->full_name();
      if (row == nullptr) continue;
      EXPECT_EQ(row->request, method->input_type());
      ++rows;
    }
  }
  EXPECT_EQ(rows, 15);
}

TEST(OperationTable, HasNoRowForAnythingElse) {
  EXPECT_EQ(FindOperationRow(v1::AppendAck::descriptor()), nullptr);
}

// Without stubs each call ends with an error of one attempt, which names the operation.
TEST(OperationTable, AnErrorSaysWhatWasDoneToWhat) {
  ClientOptions options;
  options.clock = std::make_shared<testing::ManualClock>();
  const Client client = *MakeClient(Stubs(), options);
  const s2::Basin basin = client.Basin("basin-one");
  const s2::Stream stream = basin.Stream("s/1");
  rpc::v1::ReconfigureBasinRequest reconfigure_basin;
  reconfigure_basin.set_basin("basin-two");
  rpc::v1::ReconfigureStreamRequest reconfigure_stream;
  reconfigure_stream.set_stream("s/2");
  const struct {
    absl::Status status;
    std::string name;
  } kRows[] = {
      {client.ListBasins().status(), "list basins"},
      {client.CreateBasin("basin-two").status(), "create s2://basin-two"},
      {client.EnsureBasin("basin-two").status(), "ensure s2://basin-two"},
      {client.GetBasinConfig("basin-two").status(), "get configuration of s2://basin-two"},
      {client.ReconfigureBasin(reconfigure_basin).status(), "reconfigure s2://basin-two"},
      {client.DeleteBasin("basin-two"), "delete s2://basin-two"},
      {basin.ListStreams().status(), "list streams of s2://basin-one"},
      {basin.CreateStream("s/2").status(), "create s2://basin-one/s/2"},
      {basin.EnsureStream("s/2").status(), "ensure s2://basin-one/s/2"},
      {basin.GetStreamConfig("s/2").status(), "get configuration of s2://basin-one/s/2"},
      {basin.ReconfigureStream(reconfigure_stream).status(), "reconfigure s2://basin-one/s/2"},
      {basin.DeleteStream("s/2"), "delete s2://basin-one/s/2"},
      {stream.CheckTail().status(), "check tail of s2://basin-one/s/1"},
      {stream.Append(MakeInput({MakeRecord("a")})).status(), "append to s2://basin-one/s/1"},
      {stream.Read({}).status(), "read s2://basin-one/s/1"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(row.status.message(),
              row.name + " (1 attempt in 0): the client was given no stub of this service");
  }
}

// Overrides nothing.
class Nothing : public Connection {};

TEST(Connection, WhatIsNotOverriddenIsUnimplementedAndSaysSo) {
  const Client client(std::make_shared<Nothing>());
  const s2::Stream stream = client.Basin("basin-one").Stream("s");
  EXPECT_EQ(
      client.ListBasins().status(),
      absl::UnimplementedError("this connection has no operation for s2.rpc.v1.ListBasinsRequest"));
  EXPECT_EQ(stream.OpenAppendSession().status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(stream.OpenReadSession({}).status().code(), absl::StatusCode::kUnimplemented);
}

// Serves all unary operations by one function.
class Echo : public Connection {
 public:
  std::vector<std::string> seen;

 protected:
  absl::Status CallUnary(const UnaryCall& call, google::protobuf::Message& response) override {
    seen.push_back(
        absl::StrCat(call.request.GetDescriptor()->name(), " ", call.basin, " ", call.stream));
    if (response.GetDescriptor() == rpc::v1::CheckTailResponse::descriptor()) {
      static_cast<rpc::v1::CheckTailResponse&>(response).mutable_tail()->set_seq_num(7);
    }
    return absl::OkStatus();
  }
};

TEST(Connection, OneFunctionCanServeAllUnaryOperations) {
  const auto echo = std::make_shared<Echo>();
  const s2::Basin basin = Client(echo).Basin("basin-one");
  EXPECT_EQ(basin.Stream("s").CheckTail()->seq_num(), 7u);
  EXPECT_TRUE(basin.DeleteStream("s").ok());
  EXPECT_EQ(echo->seen, (std::vector<std::string>{"CheckTailRequest basin-one s",
                                                  "DeleteStreamRequest basin-one "}));
}

}  // namespace
}  // namespace s2::internal
