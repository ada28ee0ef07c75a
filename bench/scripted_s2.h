// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_SCRIPTED_S2_H_
#define S2_BENCH_SCRIPTED_S2_H_

#include <cstddef>
#include <memory>
#include <string>

#include "s2/bench/shape.h"
#include "s2/tests/gateway/http_server.h"

// An HTTP/2 server in this process in place of S2, which costs as little as a server can.
namespace s2::bench {

// It acks append sessions of batches of this shape.
std::unique_ptr<testing::HttpServer> MakeAcker(const Shape& shape);
// It gives each read session so many batches of this shape, made beforehand, and a clean end.
std::unique_ptr<testing::HttpServer> MakeReader(const Shape& shape, size_t batches);
// It tells each read session that there is nothing, and is silent.
std::unique_ptr<testing::HttpServer> MakeIdler();

// Its endpoint.
std::string Endpoint(const testing::HttpServer& server);

}  // namespace s2::bench

#endif  // S2_BENCH_SCRIPTED_S2_H_
