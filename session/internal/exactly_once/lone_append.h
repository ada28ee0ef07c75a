// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_EXACTLY_ONCE_LONE_APPEND_H_
#define S2_SESSION_INTERNAL_EXACTLY_ONCE_LONE_APPEND_H_

#include <memory>
#include <optional>
#include <utility>

#include "s2/session/append_session.h"
#include "s2/session/internal/exactly_once/errand.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// Appends one batch, whose conditions see to it that no copy of it does harm. One answer.
class LoneAppend : public Errand, public std::enable_shared_from_this<LoneAppend> {
 public:
  // Of `options`, which are those of the session that asks, it takes budget and time limits.
  LoneAppend(std::weak_ptr<ErrandEvents> events, ErrandSessions sessions,
             const AppendSessionOptions& options, v1::AppendInput input)
      : events_(std::move(events)),
        sessions_(std::move(sessions)),
        options_(options),
        input_(std::move(input)) {}

  void Ask() override;

 private:
  const std::weak_ptr<ErrandEvents> events_;
  const ErrandSessions sessions_;
  const AppendSessionOptions options_;
  v1::AppendInput input_;
  std::optional<AppendSession> session_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_EXACTLY_ONCE_LONE_APPEND_H_
