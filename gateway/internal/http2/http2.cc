// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/http2.h"

#include <algorithm>
#include <atomic>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/http2/client_stream.h"
#include "s2/gateway/internal/http2/io_loop.h"
#include "s2/gateway/internal/http2/io_threads.h"
#include "s2/gateway/internal/http2/pool.h"
#include "s2/gateway/internal/http2/tls.h"

namespace s2::http2 {
namespace {

std::string Host(const Origin& origin) {
  return absl::StrContains(origin.host, ':') ? absl::StrCat("[", origin.host, "]") : origin.host;
}

// A Client whose streams take turns on some of the process's I/O threads.
class PooledClient : public Client {
 public:
  PooledClient(std::vector<IoLoop*> loops, const std::shared_ptr<Tls>& tls,
               const ClientOptions& options)
      : options_(options), loops_(std::move(loops)) {
    for (IoLoop* loop : loops_) pools_.push_back(Pool::Make(*loop, tls, options));
  }

  ~PooledClient() override {
    for (const auto& pool : pools_) pool->End();
    GiveBack(loops_);
  }

  std::shared_ptr<Stream> Open(Request request, std::shared_ptr<StreamEvents> events) override {
    const size_t turn = next_.fetch_add(1, std::memory_order_relaxed);
    auto stream = std::make_shared<ClientStream>(std::move(request), std::move(events),
                                                 pools_[turn % pools_.size()]->mailbox(), options_);
    stream->Start();
    return stream;
  }

 private:
  const ClientOptions options_;
  const std::vector<IoLoop*> loops_;
  std::vector<std::shared_ptr<Pool>> pools_;
  std::atomic<size_t> next_ = 0;
};

}  // namespace

absl::string_view GetHeader(const Headers& headers, absl::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? absl::string_view() : found->second;
}

bool HasContentType(const Response& response, absl::string_view type) {
  const absl::string_view value = GetHeader(response.headers, "content-type");
  return absl::EqualsIgnoreCase(
      absl::StripTrailingAsciiWhitespace(value.substr(0, value.find(';'))), type);
}

std::string Authority(const Origin& origin) {
  if (origin.port == (origin.tls ? 443 : 80)) return Host(origin);
  return absl::StrCat(Host(origin), ":", origin.port);
}

std::string ToString(const Origin& origin) {
  return absl::StrCat(origin.tls ? "https://" : "http://", Host(origin), ":", origin.port);
}

absl::StatusOr<std::unique_ptr<Client>> MakeClient(const ClientOptions& options) {
  auto tls = std::make_shared<Tls>(options.roots_file);
  if (!options.roots_file.empty()) {
    if (auto context = tls->Context(); !context.ok()) return context.status();
  }
  absl::StatusOr<std::vector<IoLoop*>> loops = TakeIoLoops(options.io_threads);
  if (!loops.ok()) return loops.status();
  return std::make_unique<PooledClient>(*std::move(loops), tls, options);
}

}  // namespace s2::http2
