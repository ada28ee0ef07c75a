// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/http2.h"

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <atomic>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/http2/client_stream.h"
#include "s2/gateway/internal/http2/mailbox.h"
#include "s2/gateway/internal/http2/pool.h"
#include "s2/gateway/internal/http2/tls.h"

namespace s2::http2 {
namespace {

std::string Host(const Origin& origin) {
  return absl::StrContains(origin.host, ':') ? absl::StrCat("[", origin.host, "]") : origin.host;
}

// What an I/O thread runs: a loop, and the pool of connections that lives on it.
struct Loop {
  Loop(std::shared_ptr<Tls> tls, const ClientOptions& options)
      : work(context.get_executor()),
        mailbox(std::make_shared<Mailbox>(
            [this] { asio::post(context, [this] { pool.Run([] {}); }); })),
        pool(context, std::move(tls), options, mailbox) {}

  asio::io_context context{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work;
  const std::shared_ptr<Mailbox> mailbox;
  Pool pool;
};

// A thread that runs a Loop.
class IoThread {
 public:
  IoThread(std::shared_ptr<Tls> tls, const ClientOptions& options)
      : loop_(std::make_shared<Loop>(std::move(tls), options)),
        thread_([loop = loop_] { loop->context.run(); }) {}
  // Ends all streams and joins the thread; on the thread itself, lets it end by itself.
  ~IoThread() {
    asio::post(loop_->context, [loop = loop_.get()] {
      loop->pool.Run([&] { loop->pool.Shutdown(); });
      loop->work.reset();
    });
    if (thread_.get_id() == std::this_thread::get_id()) {
      thread_.detach();
    } else {
      thread_.join();
    }
  }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Where the streams of this thread leave word that verbs were called on them.
  const std::shared_ptr<Mailbox>& mailbox() const { return loop_->mailbox; }

 private:
  const std::shared_ptr<Loop> loop_;
  std::thread thread_;
};

// A Client whose streams take turns on the I/O threads.
class PooledClient : public Client {
 public:
  PooledClient(const std::shared_ptr<Tls>& tls, const ClientOptions& options) : options_(options) {
    for (size_t i = 0; i < options.io_threads; ++i) {
      threads_.push_back(std::make_unique<IoThread>(tls, options));
    }
  }

  std::shared_ptr<Stream> Open(Request request, std::shared_ptr<StreamEvents> events) override {
    const size_t turn = next_.fetch_add(1, std::memory_order_relaxed);
    auto stream =
        std::make_shared<ClientStream>(std::move(request), std::move(events),
                                       threads_[turn % threads_.size()]->mailbox(), options_);
    stream->Start();
    return stream;
  }

 private:
  const ClientOptions options_;
  std::vector<std::unique_ptr<IoThread>> threads_;
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
  return std::make_unique<PooledClient>(tls, options);
}

}  // namespace s2::http2
