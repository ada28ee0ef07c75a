// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/look_up.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "s2/retry/internal/background.h"

namespace s2::http2 {
namespace {

asio::ip::address ToAddress(const sockaddr_in& address) {
  return asio::ip::address_v4(ntohl(address.sin_addr.s_addr));
}

asio::ip::address ToAddress(const sockaddr_in6& address) {
  asio::ip::address_v6::bytes_type bytes;
  std::copy_n(address.sin6_addr.s6_addr, bytes.size(), bytes.begin());
  return asio::ip::address_v6(bytes, address.sin6_scope_id);
}

// Blocks.
absl::StatusOr<Addresses> AskSystem(const std::string& host) {
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error == EAI_SYSTEM) {
    return absl::UnavailableError(std::error_code(errno, std::generic_category()).message());
  }
  if (error != 0) return absl::UnavailableError(gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    if (info->ai_family == AF_INET) {
      addresses.push_back(ToAddress(*reinterpret_cast<const sockaddr_in*>(info->ai_addr)));
    } else if (info->ai_family == AF_INET6) {
      addresses.push_back(ToAddress(*reinterpret_cast<const sockaddr_in6*>(info->ai_addr)));
    }
  }
  if (addresses.empty()) return absl::UnavailableError("it has no address");
  return addresses;
}

// The look-ups under way.
class LookUps {
 public:
  void Begin(const std::string& host, LookedUp done) {
    {
      absl::MutexLock lock(&mu_);
      const auto [it, first] = waiting_.try_emplace(host);
      it->second.push_back(std::move(done));
      if (!first) return;
    }
    internal::RunInBackground([this, host] { End(host, AskSystem(host)); });
  }

 private:
  void End(const std::string& host, const absl::StatusOr<Addresses>& result) {
    std::vector<LookedUp> waiting;
    {
      absl::MutexLock lock(&mu_);
      waiting = std::move(waiting_.extract(host).mapped());
    }
    for (LookedUp& done : waiting) std::move(done)(result);
  }

  absl::Mutex mu_;
  // Who waits, by host.
  std::map<std::string, std::vector<LookedUp>> waiting_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

void LookUp(const std::string& host, LookedUp done) {
  static auto* const look_ups = new LookUps();  // leaked: threads may use it until the process ends
  look_ups->Begin(host, std::move(done));
}

}  // namespace s2::http2
