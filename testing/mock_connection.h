// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_MOCK_CONNECTION_H_
#define S2_TESTING_MOCK_CONNECTION_H_

#include <gmock/gmock.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "s2/client/connection.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/v1/s2.pb.h"

namespace s2::testing {

// What a call of a unary operation is about. `basin` and `stream` are empty where the operation has
// none or the request names it.
template <typename Request>
struct CallParams {
  std::string basin;
  std::string stream;
  std::string encryption_key;  // base64 of 32 bytes; empty: none
  Request request;
  CallOptions options;
};

// A mock of what is behind Client, Basin and Stream: `s2::Stream(mock, "basin", "stream")` is a
// stream that meets it. What is open to any thread in a Connection is so here, once expectations
// are set. A method without an action returns gMock's default: for the sessions, which have none,
// say what Open shall return, `Return(ByMove(s2::AppendSession(std::move(session_mock))))`.
class MockConnection : public Connection {
 public:
  MOCK_METHOD(absl::StatusOr<rpc::v1::ListBasinsResponse>, ListBasins,
              (const CallParams<rpc::v1::ListBasinsRequest>& params));
  MOCK_METHOD(absl::StatusOr<rpc::v1::CreateBasinResponse>, CreateBasin,
              (const CallParams<rpc::v1::CreateBasinRequest>& params));
  MOCK_METHOD(absl::StatusOr<rpc::v1::EnsureBasinResponse>, EnsureBasin,
              (const CallParams<rpc::v1::EnsureBasinRequest>& params));
  MOCK_METHOD(absl::StatusOr<rpc::v1::BasinConfig>, GetBasinConfig,
              (const CallParams<rpc::v1::GetBasinConfigRequest>& params));
  MOCK_METHOD(absl::StatusOr<rpc::v1::BasinConfig>, ReconfigureBasin,
              (const CallParams<rpc::v1::ReconfigureBasinRequest>& params));
  MOCK_METHOD(absl::Status, DeleteBasin, (const CallParams<rpc::v1::DeleteBasinRequest>& params));

  MOCK_METHOD(absl::StatusOr<rpc::v1::ListStreamsResponse>, ListStreams,
              (const CallParams<rpc::v1::ListStreamsRequest>& params));
  MOCK_METHOD(absl::StatusOr<rpc::v1::CreateStreamResponse>, CreateStream,
              (const CallParams<rpc::v1::CreateStreamRequest>& params));
  MOCK_METHOD(absl::StatusOr<rpc::v1::EnsureStreamResponse>, EnsureStream,
              (const CallParams<rpc::v1::EnsureStreamRequest>& params));
  MOCK_METHOD(absl::StatusOr<rpc::v1::StreamConfig>, GetStreamConfig,
              (const CallParams<rpc::v1::GetStreamConfigRequest>& params));
  MOCK_METHOD(absl::StatusOr<rpc::v1::StreamConfig>, ReconfigureStream,
              (const CallParams<rpc::v1::ReconfigureStreamRequest>& params));
  MOCK_METHOD(absl::Status, DeleteStream, (const CallParams<rpc::v1::DeleteStreamRequest>& params));

  MOCK_METHOD(absl::StatusOr<v1::StreamPosition>, CheckTail,
              (const CallParams<rpc::v1::CheckTailRequest>& params));
  MOCK_METHOD(absl::StatusOr<v1::AppendAck>, Append, (const CallParams<v1::AppendInput>& params));
  MOCK_METHOD(absl::StatusOr<v1::ReadBatch>, Read,
              (const CallParams<rpc::v1::ReadRequest>& params));
  MOCK_METHOD(absl::StatusOr<AppendSession>, OpenAppendSession, (const AppendSessionParams& params),
              (override));
  MOCK_METHOD(absl::StatusOr<ReadSession>, OpenReadSession, (const ReadSessionParams& params),
              (override));

 protected:
  // Hands each call to the method above whose requests are of the type of this one.
  absl::Status CallUnary(const UnaryCall& call, google::protobuf::Message& response) override {
    absl::Status status = Connection::CallUnary(call, response);
    (void)(Serves(&MockConnection::ListBasins, call, response, status) ||
           Serves(&MockConnection::CreateBasin, call, response, status) ||
           Serves(&MockConnection::EnsureBasin, call, response, status) ||
           Serves(&MockConnection::GetBasinConfig, call, response, status) ||
           Serves(&MockConnection::ReconfigureBasin, call, response, status) ||
           Serves(&MockConnection::DeleteBasin, call, response, status) ||
           Serves(&MockConnection::ListStreams, call, response, status) ||
           Serves(&MockConnection::CreateStream, call, response, status) ||
           Serves(&MockConnection::EnsureStream, call, response, status) ||
           Serves(&MockConnection::GetStreamConfig, call, response, status) ||
           Serves(&MockConnection::ReconfigureStream, call, response, status) ||
           Serves(&MockConnection::DeleteStream, call, response, status) ||
           Serves(&MockConnection::CheckTail, call, response, status) ||
           Serves(&MockConnection::Append, call, response, status) ||
           Serves(&MockConnection::Read, call, response, status));
    return status;
  }

 private:
  // If `method` is the one for this call: calls it and passes its answer on.
  template <typename Answer, typename Request>
  bool Serves(Answer (MockConnection::*method)(const CallParams<Request>&), const UnaryCall& call,
              google::protobuf::Message& response, absl::Status& status) {
    if (call.request.GetDescriptor() != Request::descriptor()) return false;
    const auto& request = static_cast<const Request&>(call.request);
    const CallParams<Request> params = {std::string(call.basin), std::string(call.stream),
                                        std::string(call.encryption_key), request, call.options};
    status = FillIn((this->*method)(params), response);
    return true;
  }

  static absl::Status FillIn(absl::Status answer, google::protobuf::Message&) { return answer; }
  template <typename Response>
  static absl::Status FillIn(absl::StatusOr<Response> answer, google::protobuf::Message& response) {
    if (answer.ok()) static_cast<Response&>(response) = *std::move(answer);
    return answer.status();
  }
  static absl::Status FillIn(const absl::StatusOr<v1::StreamPosition>& answer,
                             google::protobuf::Message& response) {
    if (answer.ok()) *static_cast<rpc::v1::CheckTailResponse&>(response).mutable_tail() = *answer;
    return answer.status();
  }
};

}  // namespace s2::testing

#endif  // S2_TESTING_MOCK_CONNECTION_H_
