// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_EXACTLY_ONCE_ERRAND_H_
#define S2_SESSION_INTERNAL_EXACTLY_ONCE_ERRAND_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "s2/session/append_session.h"
#include "s2/session/internal/runtime.h"
#include "s2/session/internal/transport.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

class AppendCore;

// What an errand takes.
struct ErrandContext {
  std::string stream;  // in errors
  std::shared_ptr<Transport> transport;
  Runtime runtime;
  AppendSessionOptions options;
};

// For a session on `stream` that was made with the rest.
ErrandContext MakeErrandContext(std::string stream, std::shared_ptr<Transport> transport,
                                Runtime runtime, const AppendSessionOptions& options);

// What a kExactlyOnce session asks the server outside its own stream, through a session that is
// made for it: so with time limits, retries and a budget of their own. Answers come to the core, on
// any thread and under no lock. Destroying an errand ends it.
class Errand : public std::enable_shared_from_this<Errand> {
 public:
  Errand(std::weak_ptr<AppendCore> core, ErrandContext context)
      : core_(std::move(core)), context_(std::move(context)) {}
  virtual ~Errand() = default;

  // Asks. Not under a lock, as all of this; again only after an answer.
  virtual void Ask() = 0;

 protected:
  const std::weak_ptr<AppendCore> core_;
  const ErrandContext context_;
};

// Appends one batch, whose conditions see to it that no copy of it does harm.
class LoneAppend : public Errand {
 public:
  LoneAppend(std::weak_ptr<AppendCore> core, ErrandContext context, v1::AppendInput input)
      : Errand(std::move(core), std::move(context)), input_(std::move(input)) {}

  // The answer is AppendCore::OnAppended. Once.
  void Ask() override;

 private:
  v1::AppendInput input_;
  std::optional<AppendSession> session_;
};

// Reads a range of the stream.
class ReadBack : public Errand {
 public:
  ReadBack(std::weak_ptr<AppendCore> core, ErrandContext context, SeqNumRange range)
      : Errand(std::move(core), std::move(context)), range_(range) {}

  // Asks for the next records; the answer is AppendCore::OnReadBack.
  void Ask() override;

 private:
  const SeqNumRange range_;
  std::optional<ReadSession> session_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_EXACTLY_ONCE_ERRAND_H_
