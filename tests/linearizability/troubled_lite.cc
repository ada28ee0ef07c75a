// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/linearizability/troubled_lite.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace s2::linearizability {
namespace {

lite::Lite::Options OnDisk() {
  lite::Lite::Options options;
  options.on_disk = true;
  return options;
}

}  // namespace

TroubledLite::TroubledLite(uint64_t seed)
    : lite_(OnDisk()), proxy_(lite_.port()), kills_(seed), cuts_(seed + 1) {
  // The proxy asks for one connection at a time.
  proxy_.CutAfter([this] { return std::uniform_int_distribution<size_t>(1'000, 30'000)(cuts_); });
}

TroubledLite::~TroubledLite() {
  end_.Notify();
  if (thread_.joinable()) thread_.join();
}

std::string TroubledLite::endpoint() const {
  return absl::StrCat("http://127.0.0.1:", proxy_.port());
}

void TroubledLite::BeginKilling() {
  thread_ = std::thread([this] { Kill(); });
}

void TroubledLite::Kill() {
  std::uniform_int_distribution<int> pause_ms(1500, 3000);  // it takes a second to start
  while (!end_.WaitForNotificationWithTimeout(absl::Milliseconds(pause_ms(kills_)))) {
    lite_.Kill();
    lite_.Start();
  }
}

}  // namespace s2::linearizability
