// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_CALL_EVENTS_H_
#define S2_TESTS_SESSION_CALL_EVENTS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "s2/session/internal/transport.h"

namespace s2::internal {

// Notes what a call tells its session, and does then what the test wants.
struct RecordedEvents : CallEvents {
  void OnAccepted() override {
    log.push_back("accepted");
    if (on_accepted) on_accepted();
  }
  void OnRead(bool ok) override {
    log.push_back(absl::StrCat("read ", ok));
    if (on_read) on_read(ok);
  }
  void OnWrite(bool ok) override { log.push_back(absl::StrCat("write ", ok)); }
  void OnDone(const absl::Status& s) override {
    log.push_back("done");
    status = s;
    if (on_done) on_done();
  }

  std::vector<std::string> log;
  std::optional<absl::Status> status;
  std::function<void()> on_accepted;
  std::function<void(bool)> on_read;
  std::function<void()> on_done;
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_CALL_EVENTS_H_
