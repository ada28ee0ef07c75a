// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/gateway/slow_names.h"

#include <dlfcn.h>
#include <netdb.h>

#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "s2/tests/gateway/patience.h"

namespace s2::testing {
namespace {

struct Slow {
  absl::Mutex mu;
  bool answering ABSL_GUARDED_BY(mu) = true;
  std::map<std::string, int> asked ABSL_GUARDED_BY(mu);
};

// Leaked, since threads that look up names outlive all.
Slow& Global() {
  static auto* const slow = new Slow();
  return *slow;
}

using GetAddrInfo = int(const char*, const char*, const addrinfo*, addrinfo**);

GetAddrInfo* System() {
  static auto* const system = reinterpret_cast<GetAddrInfo*>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return system;
}

void AwaitAnswer(const std::string& name) {
  Slow& slow = Global();
  absl::MutexLock lock(&slow.mu);
  ++slow.asked[name];
  slow.mu.Await(absl::Condition(&slow.answering));
}

}  // namespace

SlowNames::SlowNames() {
  absl::MutexLock lock(&Global().mu);
  Global().answering = false;
  Global().asked.clear();
}

SlowNames::~SlowNames() { Answer(); }

bool SlowNames::AwaitAsked(const std::string& name, int times) {
  const auto asked = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(Global().mu) {
    return Global().asked[name] >= times;
  };
  absl::MutexLock lock(&Global().mu);
  return Global().mu.AwaitWithTimeout(absl::Condition(&asked), kPatience);
}

int SlowNames::asked(const std::string& name) {
  absl::MutexLock lock(&Global().mu);
  return Global().asked[name];
}

void SlowNames::Answer() {
  absl::MutexLock lock(&Global().mu);
  Global().answering = true;
}

}  // namespace s2::testing

// In the place of the system's.
extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  using s2::testing::System;
  if (host == nullptr || !absl::EndsWith(host, ".slow")) {
    return System()(host, service, hints, result);
  }
  s2::testing::AwaitAnswer(host);
  return System()("127.0.0.1", service, hints, result);
}
