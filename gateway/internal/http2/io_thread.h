// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_IO_THREAD_H_
#define S2_GATEWAY_INTERNAL_HTTP2_IO_THREAD_H_

#include <memory>
#include <thread>

#include "s2/gateway/internal/http2/client.h"
#include "s2/gateway/internal/http2/mailbox.h"
#include "s2/gateway/internal/http2/tls.h"

namespace s2::gateway {

// A thread with a loop and a pool of connections.
class HttpIoThread {
 public:
  HttpIoThread(std::shared_ptr<HttpTls> tls, const HttpClientOptions& options);
  // Ends all streams and joins the thread; on the thread itself, lets it end by itself.
  ~HttpIoThread();
  HttpIoThread(const HttpIoThread&) = delete;
  HttpIoThread& operator=(const HttpIoThread&) = delete;

  // Where its streams go.
  const std::shared_ptr<HttpMailbox>& mailbox() const;

 private:
  struct Loop;

  const std::shared_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_HTTP2_IO_THREAD_H_
