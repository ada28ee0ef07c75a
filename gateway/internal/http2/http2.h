// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_HTTP2_H_
#define S2_GATEWAY_INTERNAL_HTTP2_HTTP2_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/server/internal/held_bytes.h"

// An HTTP/2 client: many requests at a time, each with a streamed body and a streamed answer, on
// pooled connections. It knows nothing of S2. This header is all that the rest of the gateway uses
// of it, beside compression.h and slices.h; a test that plays the server implements Client and
// Stream itself.
//
//   request     Client::Open sends a Request and returns its Stream, whose verbs write the body,
//               consume the answer and give up. What happens meanwhile comes as StreamEvents.
//   threads     verbs may be called on any thread, and return at once. Events come on I/O threads,
//               a few that all clients of the process share; an event must not block, since it
//               stops all streams of its thread. When the process exits, these threads stand still.
//   ownership   until OnClosed, a stream keeps itself and its StreamEvents alive, so the caller may
//               let go of both. The end of the client ends all its streams.
//   errors      a request has one error, that of OnClosed, which says whether the server can have
//               taken anything of the request.
//   pool        a connection serves many streams, at most as many as the server and ClientOptions
//               allow; then another is made. Each client has connections of its own, and on each of
//               its I/O threads others.
namespace s2::http2 {

// Lower-case names, in order.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of a header; empty when it is missing.
absl::string_view GetHeader(const Headers& headers, absl::string_view name);

// Where a request goes; connections are pooled by it.
struct Origin {
  bool tls = false;
  std::string host;  // a name or an address; an IPv6 address stands without its brackets
  uint16_t port = 0;

  friend bool operator==(const Origin& a, const Origin& b) {
    return a.tls == b.tls && a.port == b.port && a.host == b.host;
  }
  friend bool operator<(const Origin& a, const Origin& b) {
    return std::tie(a.host, a.port, a.tls) < std::tie(b.host, b.port, b.tls);
  }
};

// The origin as requests name it: HOST[:PORT], without the port that the scheme implies.
std::string Authority(const Origin& origin);

// The origin as errors name it: SCHEME://HOST:PORT.
std::string ToString(const Origin& origin);

struct Request {
  Origin origin;
  std::string method;
  std::string path;  // with the query
  Headers headers;
  // No body will follow: the headers end the request.
  bool no_body = false;
};

// The head of an answer.
struct Response {
  int status = 0;
  Headers headers;
};

// Is the body of this media type, whatever the type's parameters?
bool HasContentType(const Response& response, absl::string_view type);

// What happens on a stream. Events of one stream come one after another, on one of the client's I/O
// threads, never inside a verb of the stream; they must not block. Nothing comes after OnClosed.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;

  // The head of the final response; once, before any data.
  virtual void OnResponse(Response response) = 0;

  // A part of the body, valid during the call. The server may send no more than the stream's window
  // until Stream::Consume gives it back.
  virtual void OnData(const uint8_t* data, size_t size) = 0;

  // After a Stream::Write that found no room: there is room again.
  virtual void OnDrained() = 0;

  // The end of the stream. OK: the server ended the answer. Else kServerDisconnected,
  // kServerDraining (REFUSED_STREAM, or beyond the last stream of a GOAWAY: another connection
  // would do) or kOpenTimeout of retry/error_table.h, saying what was seen; with ErrorInfo.not_sent
  // where the server provably took nothing of the request (never connected, or kServerDraining).
  // After Stream::Cancel: CANCELLED, with not_sent too where it is so. For a path or a header that
  // HTTP forbids: INVALID_ARGUMENT, with not_sent.
  virtual void OnClosed(const absl::Status& status) = 0;
};

// A request under way. Thread safe. The verbs return at once, and do nothing after OnClosed.
class Stream {
 public:
  virtual ~Stream() = default;

  // Sends more of the body as it is, without a copy; with `end`, no more follows. The slices wait
  // in memory for the server's windows. Returns whether there is room for more. If not, a caller
  // that wants to bound that memory writes again only after OnDrained, which does not come once
  // OnClosed has. So ClientOptions::write_buffer and one Write are the most that waits, and what
  // waits does not run dry between two writes.
  virtual bool Write(std::vector<grpc::Slice> body, bool end) = 0;

  // The caller is done with `size` more bytes of the answer, and the server may send as many.
  virtual void Consume(size_t size) = 0;

  // Gives the request up: OnClosed comes soon, unless it has come.
  virtual void Cancel() = 0;

  // The server is about to leave: the stream's connection takes no new streams from now on. Those
  // on it go on. `advised`: the server did not say so outright, and may advise it of every
  // connection; then its advice is followed once in ClientOptions::advice_interval, and on
  // connections that were made before that. Returns whether the connection takes no new streams, so
  // that who opens another stream gets another connection. Called inside the stream's events only,
  // OnClosed included.
  virtual bool RetireConnection(bool advised) = 0;
};

// Opens streams on pooled connections. Thread safe.
class Client {
 public:
  // Ends all streams with an error, soon, and does not wait for that. Legal anywhere, also in an
  // event.
  virtual ~Client() = default;

  // Sends the request. What goes wrong comes as OnClosed, so this itself cannot fail.
  virtual std::shared_ptr<Stream> Open(Request request, std::shared_ptr<StreamEvents> events) = 0;
};

struct ClientOptions {
  // PEM file of the certificates to trust for https. Empty: the system's.
  std::string roots_file;
  // On how many of the process's I/O threads its streams take turns, each with connections of its
  // own.
  size_t io_threads = 1;
  // Streams on one connection, even where the server allows more.
  size_t max_streams_per_connection = 90;
  // Longest time for a connection to be made, up to the server's first SETTINGS, and to be closed.
  absl::Duration connect_timeout = absl::Seconds(3);
  // A connection without streams is closed after this.
  absl::Duration idle_timeout = absl::Seconds(90);
  // While streams are open and nothing at all has come from the server for this long, it is asked
  // for a sign of life.
  absl::Duration ping_interval = absl::Seconds(10);
  // Without any sign of life after this, the connection is given up.
  absl::Duration ping_timeout = absl::Seconds(10);
  // A server's advice to leave a connection is followed once in this time, the same as S2's own
  // clients take. See Stream::RetireConnection.
  absl::Duration advice_interval = absl::Seconds(60);
  // A stream that is given up when the server has left a question open for this long takes its
  // connection with it: no new stream goes there.
  absl::Duration silence = absl::Milliseconds(500);
  // The most that the server may send on a stream before it is consumed. A consumer that takes
  // whole messages needs 32 KiB more than the largest of them, or may wait for ever.
  uint32_t stream_window = 2 << 20;
  // What may wait on a stream for the server's windows before Stream::Write says stop.
  size_t write_buffer = 1 << 20;
  // Counts what waits so.
  std::shared_ptr<server::HeldBytes> held = std::make_shared<server::HeldBytes>(0);
};

// A client on nghttp2: prior knowledge for http; for https, ALPN and a verified certificate. Error:
// the roots cannot be read, or the system has no thread for the network.
absl::StatusOr<std::unique_ptr<Client>> MakeClient(const ClientOptions& options);

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_HTTP2_H_
