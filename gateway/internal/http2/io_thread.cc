// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/io_thread.h"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <utility>

#include "s2/gateway/internal/http2/pool.h"

namespace s2::gateway {

struct HttpIoThread::Loop {
  Loop(std::shared_ptr<HttpTls> tls, const HttpClientOptions& options)
      : work(context.get_executor()),
        mailbox(std::make_shared<HttpMailbox>(
            [this] { asio::post(context, [this] { pool.Run([] {}); }); })),
        pool(context, std::move(tls), options, mailbox) {}

  asio::io_context context{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work;
  const std::shared_ptr<HttpMailbox> mailbox;
  HttpPool pool;
};

HttpIoThread::HttpIoThread(std::shared_ptr<HttpTls> tls, const HttpClientOptions& options)
    : loop_(std::make_shared<Loop>(std::move(tls), options)),
      thread_([loop = loop_] { loop->context.run(); }) {}

HttpIoThread::~HttpIoThread() {
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

const std::shared_ptr<HttpMailbox>& HttpIoThread::mailbox() const { return loop_->mailbox; }

}  // namespace s2::gateway
