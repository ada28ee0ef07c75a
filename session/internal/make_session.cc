// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/make_session.h"

#include <utility>

#include "s2/session/internal/append/append_connection.h"
#include "s2/session/internal/append/append_core.h"
#include "s2/session/internal/exactly_once/errand.h"
#include "s2/session/internal/exactly_once/exactly_once.h"
#include "s2/session/internal/inline_executor.h"
#include "s2/session/internal/read/read_connection.h"
#include "s2/session/internal/read/read_core.h"

namespace s2::internal {
namespace {

// Sessions on the same stream for errands: settling does not wait for users' callbacks, and so
// neither for their log.
ErrandSessions MakeErrandSessions(const std::string& name,
                                  const std::shared_ptr<Transport>& transport, Runtime runtime) {
  runtime.executor = std::make_shared<InlineExecutor>();
  runtime.log = nullptr;
  ErrandSessions sessions;
  sessions.append = [name, transport, runtime](const AppendSessionOptions& options) {
    return MakeAppendSession(name, transport, runtime, options);
  };
  sessions.read = [name, transport, runtime](const rpc::v1::ReadRequest& request,
                                             const ReadSessionOptions& options) {
    return MakeReadSession(name, transport, runtime, request, options);
  };
  return sessions;
}

}  // namespace

AppendSession MakeAppendSession(const std::string& name, std::shared_ptr<Transport> transport,
                                const Runtime& runtime, const AppendSessionOptions& options) {
  std::unique_ptr<ExactlyOnce> exactly_once;
  if (options.policy == AppendRetryPolicy::kExactlyOnce) {
    exactly_once = std::make_unique<ExactlyOnce>(MakeErrandSessions(name, transport, runtime),
                                                 options, runtime.random);
  }
  auto core = std::make_shared<AppendCore>(name, std::move(transport), runtime, options,
                                           std::move(exactly_once));
  core->Start();
  return AppendSession(std::make_unique<AppendConnection>(std::move(core)));
}

ReadSession MakeReadSession(const std::string& name, std::shared_ptr<Transport> transport,
                            const Runtime& runtime, const rpc::v1::ReadRequest& request,
                            const ReadSessionOptions& options) {
  auto core = std::make_shared<ReadCore>(name, std::move(transport), runtime, request, options);
  core->Start();
  return ReadSession(std::make_unique<ReadConnection>(std::move(core)));
}

}  // namespace s2::internal
