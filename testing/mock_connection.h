// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_MOCK_CONNECTION_H_
#define S2_TESTING_MOCK_CONNECTION_H_

#include <gmock/gmock.h>

#include "s2/client/connection.h"

namespace s2::testing {

// A mock of what is behind Client, Basin and Stream: `s2::Stream(mock, "basin", "stream")` is a
// stream that meets it. What is open to any thread in a Connection is so here, once expectations
// are set. A method without an action returns gMock's default: for the sessions, which have none,
// say what Open shall return, `Return(ByMove(s2::AppendSession(std::move(session_mock))))`.
class MockConnection : public Connection {
 public:
  MOCK_METHOD(absl::StatusOr<rpc::v1::ListBasinsResponse>, ListBasins,
              (const CallParams<rpc::v1::ListBasinsRequest>& params), (override));
  MOCK_METHOD(absl::StatusOr<rpc::v1::CreateBasinResponse>, CreateBasin,
              (const CallParams<rpc::v1::CreateBasinRequest>& params), (override));
  MOCK_METHOD(absl::StatusOr<rpc::v1::EnsureBasinResponse>, EnsureBasin,
              (const CallParams<rpc::v1::EnsureBasinRequest>& params), (override));
  MOCK_METHOD(absl::StatusOr<rpc::v1::BasinConfig>, GetBasinConfig,
              (const CallParams<rpc::v1::GetBasinConfigRequest>& params), (override));
  MOCK_METHOD(absl::StatusOr<rpc::v1::BasinConfig>, ReconfigureBasin,
              (const CallParams<rpc::v1::ReconfigureBasinRequest>& params), (override));
  MOCK_METHOD(absl::Status, DeleteBasin, (const CallParams<rpc::v1::DeleteBasinRequest>& params),
              (override));

  MOCK_METHOD(absl::StatusOr<rpc::v1::ListStreamsResponse>, ListStreams,
              (const CallParams<rpc::v1::ListStreamsRequest>& params), (override));
  MOCK_METHOD(absl::StatusOr<rpc::v1::CreateStreamResponse>, CreateStream,
              (const CallParams<rpc::v1::CreateStreamRequest>& params), (override));
  MOCK_METHOD(absl::StatusOr<rpc::v1::EnsureStreamResponse>, EnsureStream,
              (const CallParams<rpc::v1::EnsureStreamRequest>& params), (override));
  MOCK_METHOD(absl::StatusOr<rpc::v1::StreamConfig>, GetStreamConfig,
              (const CallParams<rpc::v1::GetStreamConfigRequest>& params), (override));
  MOCK_METHOD(absl::StatusOr<rpc::v1::StreamConfig>, ReconfigureStream,
              (const CallParams<rpc::v1::ReconfigureStreamRequest>& params), (override));
  MOCK_METHOD(absl::Status, DeleteStream, (const CallParams<rpc::v1::DeleteStreamRequest>& params),
              (override));

  MOCK_METHOD(absl::StatusOr<v1::StreamPosition>, CheckTail,
              (const CallParams<rpc::v1::CheckTailRequest>& params), (override));
  MOCK_METHOD(absl::StatusOr<v1::AppendAck>, Append, (const CallParams<v1::AppendInput>& params),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::ReadBatch>, Read, (const CallParams<rpc::v1::ReadRequest>& params),
              (override));
  MOCK_METHOD(absl::StatusOr<AppendSession>, OpenAppendSession, (const AppendSessionParams& params),
              (override));
  MOCK_METHOD(absl::StatusOr<ReadSession>, OpenReadSession, (const ReadSessionParams& params),
              (override));
};

}  // namespace s2::testing

#endif  // S2_TESTING_MOCK_CONNECTION_H_
