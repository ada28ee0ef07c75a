// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/gateway/http_server_connection.h"

#include <algorithm>
#include <asio/dispatch.hpp>
#include <asio/post.hpp>
#include <asio/write.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/tests/gateway/http_server_core.h"

namespace s2::testing {
namespace {

constexpr size_t kReadSize = 256 << 10;
constexpr size_t kOutLimit = 512 << 10;
constexpr size_t kFrameHeaderSize = 9;

std::vector<nghttp2_nv> Fields(const http2::Headers& headers) {
  std::vector<nghttp2_nv> fields;
  for (const auto& [name, value] : headers) {
    fields.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                      reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(),
                      value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  return fields;
}

}  // namespace

// From nghttp2's C to HttpServerConnection's methods.
struct HttpServerCallbacks {
  static HttpServerConnection& Of(void* connection) {
    return *static_cast<HttpServerConnection*>(connection);
  }

  static ssize_t ReadBody(nghttp2_session*, int32_t id, uint8_t*, size_t size, uint32_t* flags,
                          nghttp2_data_source*, void* connection) {
    return Of(connection).OnBodyWanted(id, size, flags);
  }

  static nghttp2_session* MakeSession(HttpServerConnection& connection) {
    nghttp2_session_callbacks* callbacks;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_send_callback(
        callbacks, [](nghttp2_session*, const uint8_t* data, size_t size, int, void* connection) {
          Of(connection).out_.Append(data, size);
          return static_cast<ssize_t>(size);
        });
    nghttp2_session_callbacks_set_send_data_callback(
        callbacks, [](nghttp2_session*, nghttp2_frame* frame, const uint8_t* header, size_t size,
                      nghttp2_data_source*, void* connection) {
          Of(connection).OnBodyTaken(frame->hd.stream_id, header, size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_begin_headers_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* connection) {
          if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
            Of(connection).OnRequestBegins(frame->hd.stream_id);
          }
          return 0;
        });
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks,
        [](nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
           const uint8_t* value, size_t value_size, uint8_t, void* connection) {
          Of(connection)
              .OnHeader(frame->hd.stream_id, std::string(name, name + name_size),
                        std::string(value, value + value_size));
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* connection) {
          Of(connection).OnFrame(*frame);
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks, [](nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size,
                      void* connection) {
          Of(connection).OnData(id, data, size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks, [](nghttp2_session*, int32_t id, uint32_t error_code, void* connection) {
          Of(connection).OnStreamClosed(id, error_code);
          return 0;
        });
    nghttp2_option* option;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_max_send_header_block_length(option, 1 << 20);
    nghttp2_session* session;
    nghttp2_session_server_new2(&session, callbacks, &connection, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return session;
  }
};

HttpServerConnection::HttpServerConnection(std::shared_ptr<HttpServer::Core> core,
                                           asio::ip::tcp::socket socket, int number)
    : core_(std::move(core)),
      number_(number),
      socket_(core_->context()),
      session_(HttpServerCallbacks::MakeSession(*this), nghttp2_session_del),
      in_(kReadSize),
      reading_(!core_->options().never_read) {
  socket_.tcp = std::move(socket);
  asio::error_code ignored;
  socket_.tcp.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void HttpServerConnection::Start() {
  const HttpServerOptions& options = core_->options();
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.max_streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.stream_window},
  };
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0,
                                        options.connection_window);
  if (!reading_) return;
  if (core_->tls() == nullptr) {
    Read();
    return;
  }
  socket_.tls.emplace(socket_.tcp, *core_->tls());
  socket_.tls->async_handshake(asio::ssl::stream_base::server,
                               [self = shared_from_this()](const asio::error_code& error) {
                                 if (error) return self->Close();
                                 if (!self->closed_) self->Read();
                               });
}

void HttpServerConnection::Post(std::function<void(HttpServerConnection&)> verb) {
  asio::dispatch(core_->context(), [self = shared_from_this(), verb = std::move(verb)] {
    if (self->closed_) return;
    verb(*self);
    if (std::exchange(self->flush_posted_, true)) return;
    // Not at once: nghttp2 may be at work further up.
    asio::post(self->core_->context(), [self] {
      self->flush_posted_ = false;
      self->Flush();
    });
  });
}

void HttpServerConnection::Respond(int32_t id, int status, const http2::Headers& headers,
                                   bool end) {
  http2::Headers all = {{":status", absl::StrCat(status)}};
  all.insert(all.end(), headers.begin(), headers.end());
  const std::vector<nghttp2_nv> fields = Fields(all);
  if (status < 200) {
    nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, id, nullptr, fields.data(),
                           fields.size(), nullptr);
    return;
  }
  nghttp2_data_provider body = {};
  body.read_callback = HttpServerCallbacks::ReadBody;
  nghttp2_submit_response(session_.get(), id, fields.data(), fields.size(), end ? nullptr : &body);
}

void HttpServerConnection::Send(int32_t id, grpc::Slice data, bool end) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return;
  found->second.size += data.size();
  if (data.size() > 0) found->second.body.push_back(std::move(data));
  found->second.end |= end;
  nghttp2_session_resume_data(session_.get(), id);
}

void HttpServerConnection::SendTrailers(int32_t id, http2::Headers trailers) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return;
  found->second.trailers = std::move(trailers);
  Send(id, grpc::Slice(), true);
}

void HttpServerConnection::Reset(int32_t id, uint32_t error_code) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, error_code);
}

void HttpServerConnection::GoAway(std::optional<int32_t> last, uint32_t error_code,
                                  const std::string& debug) {
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                        last.value_or(nghttp2_session_get_last_proc_stream_id(session_.get())),
                        error_code, reinterpret_cast<const uint8_t*>(debug.data()), debug.size());
}

void HttpServerConnection::SendRaw(const std::string& bytes) {
  out_.Append(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

// As hyper does it, which S2 stands on: told when it is half of what the client may still send.
void HttpServerConnection::Consume(int32_t id, size_t size) {
  nghttp2_session* const session = session_.get();
  const auto tell = [&](int32_t id, int32_t left, int32_t& consumed) {
    consumed += static_cast<int32_t>(size);
    if (consumed < left / 2) return;
    nghttp2_submit_window_update(session, NGHTTP2_FLAG_NONE, id, std::exchange(consumed, 0));
  };
  tell(0, nghttp2_session_get_local_window_size(session), consumed_);
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return;
  tell(id, nghttp2_session_get_stream_local_window_size(session, id), found->second.consumed);
}

void HttpServerConnection::StopReading() { reading_ = false; }

void HttpServerConnection::ResumeReading() {
  if (std::exchange(reading_, true) || unread_ == 0) return;
  OnRead({}, std::exchange(unread_, 0));
}

void HttpServerConnection::Close() {
  if (std::exchange(closed_, true)) return;
  socket_.Close();
  for (const auto& [id, exchange] : std::exchange(exchanges_, {})) {
    exchange.stream->Close(NGHTTP2_CONNECT_ERROR);
  }
  core_->OnClosed(shared_from_this());
}

void HttpServerConnection::Read() {
  socket_.Read(asio::buffer(in_),
               [self = shared_from_this()](const asio::error_code& error, size_t size) {
                 self->OnRead(error, size);
               });
}

void HttpServerConnection::OnRead(const asio::error_code& error, size_t size) {
  if (closed_) return;
  if (error) return Close();
  if (!core_->options().raw_answer.empty()) return AnswerRaw();
  if (!reading_) {
    unread_ = size;
    return;
  }
  if (nghttp2_session_mem_recv(session_.get(), in_.data(), size) < 0) return Close();
  Flush();
  if (!closed_) Read();
}

void HttpServerConnection::AnswerRaw() {
  asio::error_code error;
  const auto answer = asio::buffer(core_->options().raw_answer);
  if (socket_.tls.has_value()) {
    asio::write(*socket_.tls, answer, error);
  } else {
    asio::write(socket_.tcp, answer, error);
  }
  Close();
}

void HttpServerConnection::Flush() {
  if (closed_) return;
  if (nghttp2_session_send(session_.get()) != 0) return Close();
  if (writing_ || out_.empty()) return;
  writing_ = true;
  socket_.Write(out_.Front(),
                [self = shared_from_this()](const asio::error_code& error, size_t size) {
                  self->writing_ = false;
                  if (error) return self->Close();
                  self->out_.Pop(size);
                  self->Flush();
                });
}

void HttpServerConnection::OnRequestBegins(int32_t id) {
  auto stream =
      std::make_shared<HttpServerStream>(weak_from_this(), id, core_->options().keep_bodies);
  {
    absl::MutexLock lock(&stream->mu_);
    stream->connection_number_ = number_;
  }
  exchanges_[id].stream = std::move(stream);
}

void HttpServerConnection::OnHeader(int32_t id, const std::string& name, const std::string& value) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return;
  HttpServerStream& stream = *found->second.stream;
  absl::MutexLock lock(&stream.mu_);
  if (name == ":method") {
    stream.method_ = value;
  } else if (name == ":path") {
    stream.path_ = value;
  } else if (name == ":authority") {
    stream.authority_ = value;
  } else if (name != ":scheme") {
    stream.headers_.emplace_back(name, value);
  }
}

void HttpServerConnection::OnFrame(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_PING && (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) core_->OnPing();
  const auto found = exchanges_.find(frame.hd.stream_id);
  if (found == exchanges_.end()) return;
  const HttpServer::Stream stream = found->second.stream;
  if (frame.hd.type == NGHTTP2_HEADERS) core_->OnRequest(stream);
  if (frame.hd.type != NGHTTP2_HEADERS && frame.hd.type != NGHTTP2_DATA) return;
  if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return;
  {
    absl::MutexLock lock(&stream->mu_);
    stream->body_ended_ = true;
  }
  if (const auto on_body = stream->on_body_; on_body != nullptr) on_body("");
}

void HttpServerConnection::OnData(int32_t id, const uint8_t* data, size_t size) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return;
  const HttpServer::Stream stream = found->second.stream;
  const absl::string_view view(reinterpret_cast<const char*>(data), size);
  {
    absl::MutexLock lock(&stream->mu_);
    stream->body_size_ += size;
    if (stream->keep_body_) stream->body_.append(view.data(), view.size());
  }
  if (stream->holding_) {
    stream->held_ += size;
  } else {
    Consume(id, size);
  }
  if (const auto on_body = stream->on_body_; on_body != nullptr) on_body(view);
}

void HttpServerConnection::OnStreamClosed(int32_t id, uint32_t error_code) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return;
  const HttpServer::Stream stream = std::move(found->second.stream);
  exchanges_.erase(found);
  Consume(id, std::exchange(stream->held_, 0));
  stream->Close(error_code);
}

ssize_t HttpServerConnection::OnBodyWanted(int32_t id, size_t size, uint32_t* flags) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return NGHTTP2_ERR_DEFERRED;
  if (out_.size() >= kOutLimit) return NGHTTP2_ERR_PAUSE;
  const Exchange& exchange = found->second;
  const size_t taken = std::min(size, exchange.size);
  const bool last = exchange.end && taken == exchange.size;
  if (taken == 0 && !last) return NGHTTP2_ERR_DEFERRED;
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (last) *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (last && !exchange.trailers.empty()) {
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    const std::vector<nghttp2_nv> fields = Fields(exchange.trailers);
    nghttp2_submit_trailer(session_.get(), id, fields.data(), fields.size());
  }
  return static_cast<ssize_t>(taken);
}

void HttpServerConnection::OnBodyTaken(int32_t id, const uint8_t* frame_header, size_t size) {
  out_.Append(frame_header, kFrameHeaderSize);
  Exchange& exchange = exchanges_.at(id);
  exchange.size -= size;
  while (size > 0) {
    const grpc::Slice& first = exchange.body.front();
    const size_t end = std::min(first.size(), exchange.begin + size);
    size -= end - exchange.begin;
    out_.Append(first, exchange.begin, end);
    exchange.begin = end;
    if (end == first.size()) {
      exchange.body.pop_front();
      exchange.begin = 0;
    }
  }
}

}  // namespace s2::testing
