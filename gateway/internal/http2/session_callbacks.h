// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_SESSION_CALLBACKS_H_
#define S2_GATEWAY_INTERNAL_HTTP2_SESSION_CALLBACKS_H_

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>

#include "s2/gateway/internal/http2/session.h"

namespace s2::gateway {

// From nghttp2's C to HttpSession's methods.
struct HttpSessionCallbacks {
  static std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> MakeSession(
      HttpSession& session);

  // The read callback of each request's body.
  static ssize_t ReadBody(nghttp2_session*, int32_t id, uint8_t* buffer, size_t size,
                          uint32_t* flags, nghttp2_data_source*, void* session);
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_HTTP2_SESSION_CALLBACKS_H_
