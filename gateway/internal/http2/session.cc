// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/session.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::http2 {
namespace {

// Pull stops when there is as much as this: what one system call takes.
constexpr size_t kOutLimit = 512 << 10;
// The window that we give the server for the connection: more than all of its streams together may
// have on their way.
constexpr int32_t kConnectionWindow = 1 << 30;
constexpr uint32_t kMaxFrameSize = 256 << 10;
constexpr uint32_t kMaxHeaderListSize = 64 << 10;
// How many times as much as is free a stream may have on its way; see Greedy.
constexpr int64_t kGreed = 8;
constexpr size_t kMaxQuoted = 200;

const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// OK, or what in the request HTTP forbids. A server that were sent it might drop the connection,
// and all its streams.
absl::Status Validate(const Request& request) {
  if (nghttp2_check_path(Bytes(request.path), request.path.size()) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("the path '", absl::CHexEscape(request.path), "' cannot be sent"));
  }
  for (const auto& [name, value] : request.headers) {
    if (nghttp2_check_header_name(Bytes(name), name.size()) == 0 ||
        nghttp2_check_header_value_rfc9113(Bytes(value), value.size()) == 0) {
      // The error does not show the value, which may be a secret.
      return absl::InvalidArgumentError(
          absl::StrCat("the header '", absl::CHexEscape(name), "' cannot be sent"));
    }
  }
  return absl::OkStatus();
}

nghttp2_nv Field(absl::string_view name, absl::string_view value) {
  // Header compression remembers values; of secrets it must not.
  const bool secret = name == "authorization" || absl::EndsWith(name, "-key");
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          static_cast<uint8_t>(secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE)};
}

absl::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

// From nghttp2's C to the methods of the Session that is its user data.
struct Session::Callbacks {
  static Session& Of(void* session) { return *static_cast<Session*>(session); }

  static std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> MakeSession(
      Session& session) {
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

  // Of the body of each request.
  static ssize_t ReadBody(nghttp2_session*, int32_t id, uint8_t*, size_t size, uint32_t* flags,
                          nghttp2_data_source*, void* session) {
    return Of(session).OnBodyWanted(id, size, flags);
  }
};

Session::Session(std::string peer, const ClientOptions& options)
    : peer_(std::move(peer)),
      max_streams_(options.max_streams_per_connection),
      session_(Callbacks::MakeSession(*this)) {
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.stream_window},
      {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, kMaxFrameSize},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMaxHeaderListSize},
  };
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

absl::Status Session::Feed(const uint8_t* data, size_t size) {
  const ssize_t n = nghttp2_session_mem_recv(session_.get(), data, size);
  return n < 0 ? Broken(nghttp2_strerror(static_cast<int>(n))) : absl::OkStatus();
}

absl::Status Session::Pull(OutQueue& out) {
  out_ = &out;
  const int result = nghttp2_session_send(session_.get());
  out_ = nullptr;
  return result < 0 ? Broken(nghttp2_strerror(result)) : absl::OkStatus();
}

bool Session::finished() const {
  return nghttp2_session_want_read(session_.get()) == 0 &&
         nghttp2_session_want_write(session_.get()) == 0;
}

size_t Session::limit() const {
  const uint32_t theirs =
      nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  return std::min<size_t>(max_streams_, theirs);
}

bool Session::Open(const std::shared_ptr<ClientStream>& stream) {
  const Request& request = stream->request();
  if (absl::Status valid = Validate(request); !valid.ok()) {
    stream->Close(NotSent(valid));
    return true;
  }
  const std::string authority = Authority(request.origin);
  std::vector<nghttp2_nv> fields = {
      Field(":method", request.method),
      Field(":scheme", request.origin.tls ? "https" : "http"),
      Field(":authority", authority),
      Field(":path", request.path),
  };
  for (const auto& [name, value] : request.headers) fields.push_back(Field(name, value));
  nghttp2_data_provider body = {};
  body.read_callback = Callbacks::ReadBody;
  const int32_t id =
      nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(),
                             request.no_body ? nullptr : &body, /*stream_user_data=*/nullptr);
  if (id < 0) {
    draining_ = true;
    return false;
  }
  stream->id = id;
  streams_.emplace(id, stream);
  return true;
}

void Session::Resume(const ClientStream& stream) {
  nghttp2_session_resume_data(session_.get(), stream.id);
}

void Session::Consume(ClientStream& stream, size_t size) {
  if (const size_t n = stream.TakeConsumed(size); n > 0) {
    nghttp2_submit_window_update(session_.get(), NGHTTP2_FLAG_NONE, stream.id,
                                 static_cast<int32_t>(n));
  }
}

void Session::Cancel(ClientStream& stream, const absl::Status& error) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream.id, NGHTTP2_CANCEL);
  stream.Close(stream.sent ? error : NotSent(error));
}

void Session::Ping() {
  asked_ = true;
  nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
}

void Session::Leave() { nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR); }

void Session::Close(const absl::Status& error) {
  for (const auto& [id, stream] : std::exchange(streams_, {})) {
    stream->Close(stream->sent ? error : NotSent(error));
  }
}

void Session::OnFrameReceived(const nghttp2_frame& frame) {
  widest_ = std::max(widest_, nghttp2_session_get_remote_window_size(session_.get()));
  switch (frame.hd.type) {
    case NGHTTP2_SETTINGS:
      if ((frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) greeted_ = true;
      ResumeGreedy();
      break;
    case NGHTTP2_WINDOW_UPDATE:
      ResumeGreedy();
      break;
    case NGHTTP2_HEADERS:
      if (ClientStream* stream = Find(frame.hd.stream_id)) stream->EndHead();
      break;
    case NGHTTP2_RST_STREAM:
      if (ClientStream* stream = Find(frame.hd.stream_id)) stream->reset = true;
      break;
    case NGHTTP2_GOAWAY: {
      draining_ = true;
      const absl::string_view debug(reinterpret_cast<const char*>(frame.goaway.opaque_data),
                                    frame.goaway.opaque_data_len);
      farewell_ = absl::StrCat(
          "the server said GOAWAY (", nghttp2_http2_strerror(frame.goaway.error_code),
          debug.empty() ? "" : ": ", absl::CHexEscape(debug.substr(0, kMaxQuoted)), ")");
      break;
    }
    default:
      break;
  }
  if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
      (frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA)) {
    OnStreamEnd(frame.hd.stream_id);
  }
}

void Session::OnFrameToSend(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_HEADERS) {
    asked_ = true;
    if (ClientStream* stream = Find(frame.hd.stream_id)) stream->sent = true;
  } else if (frame.hd.type == NGHTTP2_GOAWAY && frame.goaway.error_code != NGHTTP2_NO_ERROR) {
    // nghttp2 gives the connection up, and says why.
    draining_ = true;
    const absl::string_view why(reinterpret_cast<const char*>(frame.goaway.opaque_data),
                                frame.goaway.opaque_data_len);
    farewell_ =
        absl::StrCat("the server broke HTTP/2 (", nghttp2_http2_strerror(frame.goaway.error_code),
                     why.empty() ? "" : ": ", why, ")");
  }
}

bool Session::OnHeader(int32_t id, absl::string_view name, absl::string_view value) {
  ClientStream* stream = Find(id);
  if (stream == nullptr || stream->AddHeader(name, value)) return true;
  stream->Close(Broken("the head of the answer is too large"));
  return false;
}

void Session::OnData(int32_t id, const uint8_t* data, size_t size) {
  nghttp2_session_consume_connection(session_.get(), size);
  if (ClientStream* stream = Find(id)) stream->AddData(data, size);
}

void Session::OnStreamEnd(int32_t id) {
  ClientStream* stream = Find(id);
  if (stream == nullptr || stream->closed()) return;
  // The answer ended before the request did: the server has no use for the rest of the request.
  if (!stream->request().no_body && !stream->body_sent) {
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  }
  stream->Close(absl::OkStatus());
}

void Session::OnStreamClosed(int32_t id, uint32_t error_code) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  const std::shared_ptr<ClientStream> stream = std::move(found->second);
  streams_.erase(found);
  greedy_.erase(id);
  if (stream->closed()) return;
  const char* const code = nghttp2_http2_strerror(error_code);
  const absl::Status error =
      Broken(stream->reset ? absl::StrCat("the server reset the stream (", code, ")")
             : draining_   ? farewell_
                           : absl::StrCat("the answer broke HTTP/2 (", code, ")"));
  // The server refused the stream, or it is beyond the last stream of a GOAWAY, which nghttp2
  // reports in the same way. A server that has begun to answer is not believed.
  const bool refused = error_code == NGHTTP2_REFUSED_STREAM && !stream->answered();
  if (refused) {
    stream->Close(NotSent(MakeError(ErrorCode::kServerDraining, error.message())));
  } else {
    stream->Close(stream->sent ? error : NotSent(error));
  }
}

ssize_t Session::OnBodyWanted(int32_t id, size_t size, uint32_t* flags) {
  ClientStream* stream = Find(id);
  if (stream == nullptr || stream->closed()) return NGHTTP2_ERR_DEFERRED;
  if (out_->size() >= kOutLimit) return NGHTTP2_ERR_PAUSE;
  const size_t taken = std::min(size, stream->body_size());
  const bool last = stream->body_ended() && taken == stream->body_size();
  if (taken == 0 && !last) return NGHTTP2_ERR_DEFERRED;
  if (taken > 0 && Greedy(id)) {
    greedy_.insert(id);
    return NGHTTP2_ERR_DEFERRED;
  }
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (last) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(taken);
}

void Session::OnBodyTaken(const nghttp2_frame& frame, const uint8_t* frame_header, size_t size) {
  asked_ = true;
  constexpr size_t kFrameHeaderSize = 9;
  out_->Append(frame_header, kFrameHeaderSize);
  ClientStream* stream = Find(frame.hd.stream_id);
  stream->body_sent = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  stream->TakeBody(size, *out_);
}

ClientStream* Session::Find(int32_t id) const {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

bool Session::Greedy(int32_t id) const {
  const int64_t window =
      nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE);
  const int64_t of_stream =
      window - nghttp2_session_get_stream_remote_window_size(session_.get(), id);
  const int64_t free = nghttp2_session_get_remote_window_size(session_.get());
  return std::min(of_stream, widest_ - free) > kGreed * free;
}

void Session::ResumeGreedy() {
  for (const int32_t id : std::exchange(greedy_, {})) {
    nghttp2_session_resume_data(session_.get(), id);
  }
}

absl::Status Session::Broken(absl::string_view what) const {
  return MakeError(ErrorCode::kServerDisconnected, absl::StrCat(peer_, ": ", what));
}

}  // namespace s2::http2
