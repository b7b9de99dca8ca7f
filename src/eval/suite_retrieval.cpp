#include "eval/all_suites.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "eval/retrieval_data.hpp"
#include "knowledge/index.hpp"

namespace offhook::eval {
namespace {

constexpr std::size_t kDepth = 10;

knowledge::Index make_index(const RetrievalData& data) {
  knowledge::SegmentBuilder builder;
  for (const auto& passage : data.passages) {
    builder.begin_document(passage.id);
    builder.add(0, passage.heading, passage.text, knowledge::detect_language(passage.text));
  }
  return knowledge::Index().with(builder.build());
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

/// Asks everything and adds the figures to the report.
void measure(const RetrievalData& data, bool has_targets, Report& report, const SuiteInput& input) {
  const knowledge::Index index = make_index(data);
  double hit1 = 0, hit5 = 0, reciprocal = 0, gain = 0;
  std::vector<double> took_ms;
  for (const auto& question : data.questions) {
    const auto began = std::chrono::steady_clock::now();
    const auto hits = index.search(question.text, {.limit = kDepth});
    took_ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    double best_rank = 0, discounted = 0, ideal = 0;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (!question.relevant.contains(hits[i].document_id)) continue;
      if (best_rank == 0) best_rank = static_cast<double>(i + 1);
      discounted += 1 / std::log2(static_cast<double>(i) + 2);
    }
    for (std::size_t i = 0; i < std::min(kDepth, question.relevant.size()); ++i) {
      ideal += 1 / std::log2(static_cast<double>(i) + 2);
    }
    hit1 += best_rank == 1 ? 1 : 0;
    hit5 += best_rank > 0 && best_rank <= 5 ? 1 : 0;
    reciprocal += best_rank > 0 ? 1 / best_rank : 0;
    gain += ideal > 0 ? discounted / ideal : 0;
    report.add({.id = question.id,
                .input = question.text,
                .expected = *question.relevant.begin(),
                .got = hits.empty() ? "nothing" : hits[0].document_id,
                .is_right = best_rank == 1});
    if (input.progress)
      input.progress(static_cast<double>(took_ms.size()) / static_cast<double>(data.questions.size()));
  }
  const auto count = static_cast<double>(std::max<std::size_t>(data.questions.size(), 1));
  const std::string prefix = data.name.empty() ? "" : data.name + "_";
  const auto target = [&](double value) { return has_targets ? std::optional(value) : std::nullopt; };
  report.cases += data.questions.size();
  report.figures.push_back({.name = prefix + "passages", .value = static_cast<double>(data.passages.size())});
  report.figures.push_back({.name = prefix + "questions", .value = static_cast<double>(data.questions.size())});
  report.figures.push_back({.name = prefix + "hit@1", .value = hit1 / count, .target = target(0.95)});
  report.figures.push_back({.name = prefix + "hit@5", .value = hit5 / count, .target = target(0.99)});
  report.figures.push_back({.name = prefix + "mrr@10", .value = reciprocal / count});
  report.figures.push_back({.name = prefix + "ndcg@10", .value = gain / count});
  report.figures.push_back({.name = prefix + "p50_ms", .value = percentile(took_ms, 0.5), .unit = "ms"});
  report.figures.push_back({.name = prefix + "p99_ms", .value = percentile(took_ms, 0.99), .unit = "ms"});
}

}  // namespace

Result<Report> run_retrieval(const SuiteInput& input) {
  Report report{.suite = "retrieval"};
  auto xquad = read_xquad(input.data / "xquad" / "xquad.en.json");
  if (!xquad) return fail(xquad);
  measure(*xquad, true, report, input);
  struct Other {
    const char* folder;
    Result<RetrievalData> (*read)(const std::filesystem::path& folder);
  };
  for (const auto& [folder, read] : {Other{"cranfield", read_cranfield}, Other{"tau2_banking", read_tau2}}) {
    const bool is_there = std::filesystem::exists(input.data / folder);
    report.figures.push_back({.name = std::string(folder) + "_is_there", .value = is_there ? 1.0 : 0.0});
    if (!is_there) continue;
    auto data = read(input.data / folder);
    if (!data) return fail(data);
    measure(*data, false, report, input);
  }
  return report;
}

}  // namespace offhook::eval
