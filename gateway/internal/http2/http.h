// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_HTTP_H_
#define S2_GATEWAY_INTERNAL_HTTP2_HTTP_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// The seam between the gateway's calls and HTTP/2: one request with a streamed body and a streamed
// answer. It knows nothing of S2, so that a fake can play the server.
namespace s2::gateway {

// Lower-case names, in order.
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// Where a request goes; connections are pooled by it.
struct HttpOrigin {
  bool tls = false;
  std::string host;  // a name or an address; IPv6 without brackets
  uint16_t port = 0;

  friend bool operator==(const HttpOrigin& a, const HttpOrigin& b) {
    return a.tls == b.tls && a.port == b.port && a.host == b.host;
  }
  friend bool operator<(const HttpOrigin& a, const HttpOrigin& b) {
    return std::tie(a.host, a.port, a.tls) < std::tie(b.host, b.port, b.tls);
  }
};

struct HttpRequest {
  HttpOrigin origin;
  std::string method;
  std::string path;  // with the query
  HttpHeaders headers;
  // No body will follow: the headers end the request.
  bool no_body = false;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
};

// What happens on a stream. Events of one stream come one after another, on an I/O thread of the
// gateway, never inside a verb; they must not block. Nothing comes after OnClosed.
class HttpEvents {
 public:
  virtual ~HttpEvents() = default;

  // The final response's head; once, before any data.
  virtual void OnResponse(HttpResponse response) = 0;

  // A part of the body, valid during the call. The server may send no more than the stream's window
  // until HttpStream::Consume gives it back.
  virtual void OnData(const uint8_t* data, size_t size) = 0;

  // After a Write that found no room: there is room again.
  virtual void OnDrained() = 0;

  // The end. OK: the server ended the answer. Else kServerDisconnected or kOpenTimeout of
  // retry/error_table.h, saying what was seen; with ErrorInfo.not_sent where the server provably
  // took nothing of the request (never connected, REFUSED_STREAM, beyond GOAWAY's last stream).
  // After Cancel: CANCELLED, not_sent too where it is so.
  virtual void OnClosed(const absl::Status& status) = 0;
};

// A request under way. Verbs are thread safe and return at once; after the end they do nothing.
class HttpStream {
 public:
  virtual ~HttpStream() = default;

  // More of the body, sent as it is, without a copy. The slices wait for the server's windows, in
  // memory. Is there room for more? If not, a caller that wants a bound writes again only after
  // OnDrained, or never, if OnClosed comes instead. So what waits is some 1 MiB and one Write at
  // the most, and does not run dry between two writes.
  virtual bool Write(std::vector<grpc::Slice> body, bool end) = 0;

  // `size` more bytes of the answer are done with.
  virtual void Consume(size_t size) = 0;

  // Gives up: OnClosed comes soon, unless it has come.
  virtual void Cancel() = 0;
};

// Opens streams on pooled connections. Thread safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Never fails by itself: what goes wrong comes as OnClosed. The stream keeps `events` until then,
  // and itself.
  virtual std::shared_ptr<HttpStream> Open(HttpRequest request,
                                           std::shared_ptr<HttpEvents> events) = 0;
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_HTTP2_HTTP_H_
