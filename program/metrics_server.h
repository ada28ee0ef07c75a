// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_PROGRAM_METRICS_SERVER_H_
#define S2_PROGRAM_METRICS_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "s2/server/internal/meter.h"

namespace prometheus {
class Collectable;
class Exposer;
}  // namespace prometheus

namespace s2::program {

// Shows a meter's figures to Prometheus, at http://HOST:PORT/metrics.
class MetricsServer {
 public:
  // Port 0: any. The meter, and what `held_bytes` asks, must outlive it. Errors, of code kInvalid,
  // name the flag.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& address,
                                                              const server::Meter& meter,
                                                              std::function<size_t()> held_bytes);
  ~MetricsServer();

  int port() const;

 private:
  MetricsServer(std::unique_ptr<prometheus::Exposer> exposer,
                std::shared_ptr<prometheus::Collectable> figures);

  const std::shared_ptr<prometheus::Collectable> figures_;
  const std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace s2::program

#endif  // S2_PROGRAM_METRICS_SERVER_H_
