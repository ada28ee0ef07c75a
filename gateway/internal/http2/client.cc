// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/client.h"

#include <atomic>
#include <utility>
#include <vector>

#include "s2/gateway/internal/http2/client_stream.h"
#include "s2/gateway/internal/http2/io_thread.h"
#include "s2/gateway/internal/http2/tls.h"

namespace s2::gateway {
namespace {

class PooledHttpClient : public HttpClient {
 public:
  PooledHttpClient(const std::shared_ptr<HttpTls>& tls, const HttpClientOptions& options)
      : options_(options) {
    for (size_t i = 0; i < options.io_threads; ++i) {
      threads_.push_back(std::make_unique<HttpIoThread>(tls, options));
    }
  }

  std::shared_ptr<HttpStream> Open(HttpRequest request,
                                   std::shared_ptr<HttpEvents> events) override {
    const size_t turn = next_.fetch_add(1, std::memory_order_relaxed);
    auto stream =
        std::make_shared<HttpClientStream>(std::move(request), std::move(events),
                                           threads_[turn % threads_.size()]->mailbox(), options_);
    stream->Start();
    return stream;
  }

 private:
  const HttpClientOptions options_;
  std::vector<std::unique_ptr<HttpIoThread>> threads_;
  std::atomic<size_t> next_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpClient>> MakeHttpClient(const HttpClientOptions& options) {
  auto tls = std::make_shared<HttpTls>(options.roots_file);
  if (!options.roots_file.empty()) {
    if (auto context = tls->Context(); !context.ok()) return context.status();
  }
  return std::make_unique<PooledHttpClient>(tls, options);
}

}  // namespace s2::gateway
