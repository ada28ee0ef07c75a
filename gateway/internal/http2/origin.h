// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_ORIGIN_H_
#define S2_GATEWAY_INTERNAL_HTTP2_ORIGIN_H_

#include <string>

#include "s2/gateway/internal/http2/http.h"

namespace s2::gateway {

// As requests name it: HOST[:PORT], without the scheme's own port.
std::string Authority(const HttpOrigin& origin);

// As errors name it: SCHEME://HOST:PORT.
std::string ToString(const HttpOrigin& origin);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_HTTP2_ORIGIN_H_
