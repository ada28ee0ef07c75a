// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_LOOK_UP_H_
#define S2_GATEWAY_INTERNAL_HTTP2_LOOK_UP_H_

#include <asio/ip/address.hpp>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

namespace s2::http2 {

using Addresses = std::vector<asio::ip::address>;
using LookedUp = absl::AnyInvocable<void(absl::StatusOr<Addresses>) &&>;

// Looks up the addresses of a host, which blocks for as long as the system's resolver likes: on a
// thread of its own among those of RunInBackground, so that it holds up nobody else. `done` is
// called there, once, never inside this call; UNAVAILABLE says why there are none. Who asks for a
// name that is being looked up waits for that look-up: however often a slow name is tried, it takes
// one thread. Thread safe.
void LookUp(const std::string& host, LookedUp done);

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_LOOK_UP_H_
