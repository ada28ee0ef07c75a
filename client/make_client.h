// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_MAKE_CLIENT_H_
#define S2_CLIENT_MAKE_CLIENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "s2/client/client.h"
#include "s2/client/options.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace s2 {

// A client on a channel of the caller's own, with its credentials, arguments and interceptors. All
// calls share it, so the server's limit of streams a connection holds;
// ClientOptions.max_sessions_per_channel does not apply. A token goes as call credentials, which
// gRPC refuses to send in the clear. For a client on stubs of the caller's own (mocks, fakes):
// client/make_client_from_stubs.h.
absl::StatusOr<Client> MakeClient(std::shared_ptr<grpc::Channel> channel,
                                  ClientOptions options = {});

}  // namespace s2

#endif  // S2_CLIENT_MAKE_CLIENT_H_
