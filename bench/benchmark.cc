// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/benchmark.h"

#include <cstdio>
#include <fstream>
#include <regex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "s2/bench/check.h"

namespace s2::bench {
namespace {

std::string Text(const std::optional<double>& number) {
  return number.has_value() ? absl::StrFormat("%.3f", *number) : "-";
}

std::string Text(const Bar& bar) {
  return absl::StrFormat("%s %s %g", bar.of == Bar::Of::kRatio ? "ratio" : "value",
                         bar.sense == Bar::Sense::kAtLeast ? ">=" : "<=", bar.limit);
}

std::string Json(const std::optional<double>& number) {
  return number.has_value() ? absl::StrFormat("%.6g", *number) : "null";
}

std::string Json(const std::string& name, const Figures& figures) {
  return absl::StrFormat(
      R"(  {"name": "%s", "value": %s, "unit": "%s", "baseline": %s, "ratio": %s, "aa": %s})", name,
      Json(figures.value), figures.unit, Json(figures.baseline), Json(figures.ratio),
      Json(figures.aa));
}

void Print(absl::string_view name, absl::string_view value, absl::string_view unit,
           absl::string_view baseline, absl::string_view ratio, absl::string_view aa,
           absl::string_view bar) {
  absl::PrintF("%-24s %11s %-9s %11s %7s %7s  %s\n", name, value, unit, baseline, ratio, aa, bar);
  std::fflush(stdout);
}

}  // namespace

bool Bar::IsMetBy(const Figures& figures) const {
  const double figure = of == Of::kRatio ? *figures.ratio : figures.value;
  return sense == Sense::kAtLeast ? figure >= limit : figure <= limit;
}

bool RunBenchmarks(const std::vector<Benchmark>& benchmarks, const Effort& effort,
                   const std::string& only, const std::string& json) {
  const std::regex wanted(only);
  bool all_met = true;
  std::vector<std::string> rows;
  Print("name", "value", "unit", "baseline", "ratio", "A/A", "bar");
  for (const Benchmark& benchmark : benchmarks) {
    if (!std::regex_search(benchmark.name, wanted)) continue;
    const Figures figures = benchmark.run(effort);
    const bool met = benchmark.bar.IsMetBy(figures);
    all_met &= met;
    Print(benchmark.name, Text(figures.value), figures.unit, Text(figures.baseline),
          Text(figures.ratio), Text(figures.aa),
          absl::StrCat(Text(benchmark.bar), effort.quick ? ""
                                            : met        ? "  ok"
                                                         : "  MISSED"));
    rows.push_back(Json(benchmark.name, figures));
  }
  if (rows.empty()) Die(absl::StrCat("no benchmark matches ", only));
  if (!json.empty()) {
    std::ofstream file(json);
    file << "[\n" << absl::StrJoin(rows, ",\n") << "\n]\n";
    file.close();
    if (!file) Die(absl::StrCat("cannot write ", json));
  }
  return all_met || effort.quick;
}

}  // namespace s2::bench
