// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_EXACTLY_ONCE_READ_BACK_H_
#define S2_SESSION_INTERNAL_EXACTLY_ONCE_READ_BACK_H_

#include <memory>
#include <optional>
#include <utility>

#include "s2/session/append_session.h"
#include "s2/session/internal/exactly_once/errand.h"
#include "s2/session/read_session.h"

namespace s2::internal {

// Reads a range of the stream. Each answer has the next records.
class ReadBack : public Errand, public std::enable_shared_from_this<ReadBack> {
 public:
  // Of `options`, which are those of the session that asks, it takes budget and time limits.
  ReadBack(std::weak_ptr<ErrandEvents> events, ErrandSessions sessions,
           const AppendSessionOptions& options, SeqNumRange range)
      : events_(std::move(events)),
        sessions_(std::move(sessions)),
        options_(options),
        range_(range) {}

  void Ask() override;

 private:
  ReadSession Open() const;

  const std::weak_ptr<ErrandEvents> events_;
  const ErrandSessions sessions_;
  const AppendSessionOptions options_;
  const SeqNumRange range_;
  std::optional<ReadSession> session_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_EXACTLY_ONCE_READ_BACK_H_
