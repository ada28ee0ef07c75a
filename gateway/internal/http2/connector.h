// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_CONNECTOR_H_
#define S2_GATEWAY_INTERNAL_HTTP2_CONNECTOR_H_

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/http2/look_up.h"
#include "s2/gateway/internal/http2/socket.h"
#include "s2/gateway/internal/http2/tls.h"

namespace s2::http2 {

// Makes one connection: looks the host's name up, tries its addresses one after another, each for
// an equal share of the time that is left, and shakes hands in TLS. All of it happens on the thread
// of the io_context, but for what may block it, which has a thread of its own: to look the name up,
// and before to read the certificates to trust. Pending operations keep the connector alive until
// they are over.
class Connector : public std::enable_shared_from_this<Connector> {
 public:
  // Called once, on the thread of the io_context and not inside Start; the error says what was
  // tried.
  using Done = std::function<void(absl::StatusOr<std::unique_ptr<Socket>>)>;

  Connector(asio::io_context& context, std::shared_ptr<Tls> tls, Origin origin,
            std::chrono::steady_clock::time_point deadline, Done done);

  void Start();
  // The same with these addresses instead of a look-up.
  void Start(std::vector<asio::ip::tcp::endpoint> endpoints);
  // Gives up. Done is not called any more.
  void Cancel();
  // When the address that is being tried is given up for the next one; the deadline for the last,
  // which is left to the caller to keep.
  std::chrono::steady_clock::time_point patience() const { return patience_; }
  // What the connector is doing, after what it has tried in vain, for an error.
  std::string Doing() const;

 private:
  void ReadRoots();
  void LookUpHost();
  void OnLookedUp(const absl::StatusOr<Addresses>& addresses);
  void TryNext();
  // Sees to it that the address that is being tried is given up in time for the others.
  void ArmTimer();
  void OnConnected(const asio::error_code& error);
  void ShakeHands();
  void OnHandshake(const asio::error_code& error);
  void Finish(const absl::Status& status);

  const std::shared_ptr<Tls> tls_;
  const Origin origin_;
  const std::chrono::steady_clock::time_point deadline_;
  asio::io_context& context_;
  asio::steady_timer timer_;
  std::unique_ptr<Socket> socket_;
  Done done_;  // null: done, or given up
  std::vector<asio::ip::tcp::endpoint> endpoints_;
  size_t next_ = 0;
  bool connecting_ = false;  // to the address before the next one
  bool late_ = false;        // which did not answer in its time
  std::chrono::steady_clock::time_point patience_;
  std::string doing_;
  // Which addresses failed, and why.
  std::vector<std::string> failures_;
  // What is wrong with the server's certificate; empty: nothing that is known.
  const std::shared_ptr<std::string> refusal_ = std::make_shared<std::string>();
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_CONNECTOR_H_
