// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_MAKE_CLIENT_FROM_STUBS_H_
#define S2_CLIENT_MAKE_CLIENT_FROM_STUBS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "s2/client/client.h"
#include "s2/client/options.h"
#include "s2/rpc/v1/account.grpc.pb.h"
#include "s2/rpc/v1/basin.grpc.pb.h"
#include "s2/rpc/v1/stream.grpc.pb.h"

namespace s2 {

// The generated stubs of the three services; only their async() interface is called. Null: a call
// of that service is UNIMPLEMENTED.
struct Stubs {
  std::shared_ptr<rpc::v1::AccountService::StubInterface> account;
  std::shared_ptr<rpc::v1::BasinService::StubInterface> basin;
  std::shared_ptr<rpc::v1::StreamService::StubInterface> stream;
};

// A client on these stubs.
absl::StatusOr<Client> MakeClient(Stubs stubs, ClientOptions options = {});

}  // namespace s2

#endif  // S2_CLIENT_MAKE_CLIENT_FROM_STUBS_H_
