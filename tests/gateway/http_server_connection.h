// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_HTTP_SERVER_CONNECTION_H_
#define S2_TESTS_GATEWAY_HTTP_SERVER_CONNECTION_H_

#include <grpcpp/support/slice.h>
#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "s2/gateway/internal/http2/out_queue.h"
#include "s2/gateway/internal/http2/socket.h"
#include "s2/tests/gateway/http_server.h"

namespace s2::testing {

// A connection of the scripted server. On the server's thread, but for Post.
class HttpServerConnection : public std::enable_shared_from_this<HttpServerConnection> {
 public:
  HttpServerConnection(std::shared_ptr<HttpServer::Core> core, asio::ip::tcp::socket socket,
                       int number);

  void Start();
  // Does `verb` on the server's thread: at once, if called there.
  void Post(std::function<void(HttpServerConnection&)> verb);

  void Respond(int32_t id, int status, const http2::Headers& headers, bool end);
  void Send(int32_t id, grpc::Slice data, bool end);
  void SendTrailers(int32_t id, http2::Headers trailers);
  void Reset(int32_t id, uint32_t error_code);
  void GoAway(std::optional<int32_t> last, uint32_t error_code, const std::string& debug);
  void SendRaw(const std::string& bytes);
  void Consume(int32_t id, size_t size);
  void StopReading();
  void ResumeReading();
  void Close();

 private:
  friend struct HttpServerCallbacks;

  // A stream, and what is still to be sent on it.
  struct Exchange {
    HttpServer::Stream stream;
    std::deque<grpc::Slice> body;
    size_t begin = 0;  // of the first slice
    size_t size = 0;
    bool end = false;
    http2::Headers trailers;
    int32_t consumed = 0;  // and not yet told to the client
  };

  void Read();
  void OnRead(const asio::error_code& error, size_t size);
  void AnswerRaw();
  void Flush();

  // nghttp2's callbacks.
  void OnRequestBegins(int32_t id);
  void OnHeader(int32_t id, const std::string& name, const std::string& value);
  void OnFrame(const nghttp2_frame& frame);
  void OnData(int32_t id, const uint8_t* data, size_t size);
  void OnStreamClosed(int32_t id, uint32_t error_code);
  ssize_t OnBodyWanted(int32_t id, size_t size, uint32_t* flags);
  void OnBodyTaken(int32_t id, const uint8_t* frame_header, size_t size);

  const std::shared_ptr<HttpServer::Core> core_;
  const int number_;
  http2::Socket socket_;
  std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> session_;
  std::map<int32_t, Exchange> exchanges_;
  int32_t consumed_ = 0;  // and not yet told to the client, of all streams
  std::vector<uint8_t> in_;
  http2::OutQueue out_;
  bool writing_ = false;
  bool flush_posted_ = false;
  bool closed_ = false;
  bool reading_ = true;
  // Read, but kept back while not reading.
  size_t unread_ = 0;
};

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_HTTP_SERVER_CONNECTION_H_
