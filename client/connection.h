// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_CONNECTION_H_
#define S2_CLIENT_CONNECTION_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "s2/client/options.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/append_session.h"
#include "s2/session/read_session.h"

namespace s2 {

// What one call of a unary operation is about. Each operation has a type of request of its own,
// which says what operation it is.
struct UnaryCall {
  // These three are empty where the operation has none, or the request names it.
  absl::string_view basin;
  absl::string_view stream;
  absl::string_view encryption_key;  // base64 of 32 bytes
  const google::protobuf::Message& request;
  const CallOptions& options;
};

// What opens an append session.
struct AppendSessionParams {
  std::string basin;
  std::string stream;
  std::string encryption_key;
  // Nothing: as ClientOptions.append_session says.
  std::optional<AppendSessionOptions> options;
};

// What opens a read session.
struct ReadSessionParams {
  std::string basin;
  std::string stream;
  std::string encryption_key;
  rpc::v1::ReadRequest request;
  // Nothing: as ClientOptions.read_session says.
  std::optional<ReadSessionOptions> options;
};

// What is behind Client, Basin and Stream. An implementation validates what it is given, retries,
// and is thread safe. What it does not override is UNIMPLEMENTED. A test mocks it by
// testing/mock_connection.h, which has a method for each operation.
class Connection {
 public:
  virtual ~Connection() = default;

  // Makes a call of a unary operation, whose method (s2/rpc/v1) answers with a Response. Blocks.
  template <typename Response>
  absl::StatusOr<Response> Call(const UnaryCall& call) {
    Response response;
    if (absl::Status s = CallUnary(call, response); !s.ok()) return s;
    return response;
  }

  virtual absl::StatusOr<AppendSession> OpenAppendSession(const AppendSessionParams& params);
  virtual absl::StatusOr<ReadSession> OpenReadSession(const ReadSessionParams& params);

 protected:
  // OK: `response`, which is of the type that the operation's method answers with, is filled in.
  virtual absl::Status CallUnary(const UnaryCall& call, google::protobuf::Message& response);
};

}  // namespace s2

#endif  // S2_CLIENT_CONNECTION_H_
