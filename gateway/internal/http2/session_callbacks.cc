// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/session_callbacks.h"

namespace s2::gateway {
namespace {

HttpSession& Of(void* session) { return *static_cast<HttpSession*>(session); }

absl::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> HttpSessionCallbacks::MakeSession(
    HttpSession& session) {
  nghttp2_session_callbacks* callbacks;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_send_callback(
      callbacks, [](nghttp2_session*, const uint8_t* data, size_t size, int, void* session) {
        Of(session).out_->Append(data, size);
        return static_cast<ssize_t>(size);
      });
  nghttp2_session_callbacks_set_send_data_callback(
      callbacks, [](nghttp2_session*, nghttp2_frame* frame, const uint8_t* header, size_t size,
                    nghttp2_data_source*, void* session) {
        Of(session).OnBodyTaken(*frame, header, size);
        return 0;
      });
  nghttp2_session_callbacks_set_before_frame_send_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* session) {
        Of(session).OnFrameToSend(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* session) {
        Of(session).OnFrameReceived(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_header_callback(
      callbacks,
      [](nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
         const uint8_t* value, size_t value_size, uint8_t, void* session) -> int {
        const bool ok = Of(session).OnHeader(frame->hd.stream_id, View(name, name_size),
                                             View(value, value_size));
        return ok ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // resets the stream
      });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      callbacks,
      [](nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size, void* session) {
        Of(session).OnData(id, data, size);
        return 0;
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      callbacks, [](nghttp2_session*, int32_t id, uint32_t error_code, void* session) {
        Of(session).OnStreamClosed(id, error_code);
        return 0;
      });
  nghttp2_option* option;
  nghttp2_option_new(&option);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_session* made;
  nghttp2_session_client_new2(&made, callbacks, &session, option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  return {made, nghttp2_session_del};
}

ssize_t HttpSessionCallbacks::ReadBody(nghttp2_session*, int32_t id, uint8_t*, size_t size,
                                       uint32_t* flags, nghttp2_data_source*, void* session) {
  return Of(session).OnBodyWanted(id, size, flags);
}

}  // namespace s2::gateway
