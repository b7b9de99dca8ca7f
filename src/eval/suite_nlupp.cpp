#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "brain/linear_model.hpp"
#include "brain/span_tagger.hpp"
#include "eval/all_suites.hpp"
#include "eval/data_files.hpp"

namespace offhook::eval {
namespace {

using namespace std::chrono_literals;

// The day the values of the data count from; only the places of dates matter here.
constexpr auto kToday = 2022y / 3 / 14;

struct Turn {
  brain::LabelledSentence intents;
  brain::TaggedText slots;
};
using Fold = std::vector<Turn>;

// Offsets of the data count characters, ours bytes.
std::size_t byte_offset(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  while (at < text.size() && characters > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    --characters;
  }
  return at;
}

Turn read_turn(const json::object& turn) {
  Turn out;
  out.intents.text = turn.at("text").as_string();
  if (const auto* intents = turn.if_contains("intents"); intents != nullptr) {
    for (const auto& intent : intents->as_array()) out.intents.labels.emplace_back(intent.as_string());
  }
  out.slots.text = out.intents.text;
  const auto* slots = turn.if_contains("slots");
  if (slots == nullptr) return out;
  for (const auto& [name, slot] : slots->as_object()) {
    const auto& span = slot.at("span").as_array();
    out.slots.spans.push_back({std::string(name), byte_offset(out.slots.text, span.at(0).to_number<std::size_t>()),
                               byte_offset(out.slots.text, span.at(1).to_number<std::size_t>())});
  }
  std::ranges::sort(out.slots.spans, {}, &brain::TaggedSpan::begin);
  return out;
}

struct Counts {
  std::size_t right = 0;
  std::size_t wanted = 0;
  std::size_t got = 0;

  void add(const std::set<std::string>& want, const std::set<std::string>& have) {
    wanted += want.size();
    got += have.size();
    right += static_cast<std::size_t>(
        std::ranges::count_if(want, [&](const std::string& each) { return have.contains(each); }));
  }
  [[nodiscard]] double f1() const {
    return wanted + got == 0 ? 0 : 2.0 * static_cast<double>(right) / static_cast<double>(wanted + got);
  }
  [[nodiscard]] double precision() const {
    return got == 0 ? 0 : static_cast<double>(right) / static_cast<double>(got);
  }
  [[nodiscard]] double recall() const {
    return wanted == 0 ? 0 : static_cast<double>(right) / static_cast<double>(wanted);
  }
};

std::string joined(const std::set<std::string>& parts) { return fmt::format("{}", fmt::join(parts, " | ")); }

std::set<std::string> shown(std::string_view text, const std::vector<brain::TaggedSpan>& spans) {
  std::set<std::string> out;
  for (const auto& span : spans) {
    out.insert(span.label + "=" + brain::normalize(text.substr(span.begin, span.end - span.begin)));
  }
  return out;
}

}  // namespace

Result<Report> run_nlupp(const SuiteInput& input) {
  const brain::ReadingContext context{.moment = {.today = kToday, .is_month_first = false}, .region = "GB"};
  std::vector<Fold> folds;
  for (int number = 0; number < 100; ++number) {
    const auto path = input.data / "nlupp_banking" / fmt::format("fold{}.json", number);
    if (!std::filesystem::exists(path)) continue;
    auto turns = read_json_file(path);
    if (!turns) return fail(turns);
    try {
      Fold fold;
      for (const auto& turn : turns->as_array()) fold.push_back(read_turn(turn.as_object()));
      folds.push_back(std::move(fold));
    } catch (const std::exception& error) {
      return fail(ErrorKind::invalid_argument, fmt::format("{}: {}", path.string(), error.what()));
    }
  }
  if (folds.size() < 2) {
    return fail(ErrorKind::not_found,
                (input.data / "nlupp_banking").string() + ": at least two files fold0.json, fold1.json, …");
  }
  Report report{.suite = "nlupp"};
  Counts intents;
  Counts slots;
  for (std::size_t left_out = 0; left_out < folds.size(); ++left_out) {
    std::vector<brain::LabelledSentence> sentences;
    std::vector<brain::TaggedText> texts;
    for (std::size_t i = 0; i < folds.size(); ++i) {
      if (i == left_out) continue;
      for (const auto& turn : folds[i]) {
        sentences.push_back(turn.intents);
        texts.push_back(turn.slots);
      }
    }
    const auto model = brain::LinearModel::train(sentences);
    const auto tagger = brain::SpanTagger::train(texts, context);
    std::size_t number = 0;
    for (const auto& turn : folds[left_out]) {
      const std::set<std::string> want(turn.intents.labels.begin(), turn.intents.labels.end());
      std::set<std::string> got;
      for (const auto& guess : model.classify_each(turn.intents.text)) got.insert(guess.label);
      intents.add(want, got);
      const std::string id = fmt::format("{}/{}", left_out, ++number);
      report.add({.id = id + "/intents",
                  .input = turn.intents.text,
                  .expected = joined(want),
                  .got = joined(got),
                  .is_right = want == got});
      const auto want_slots = shown(turn.slots.text, turn.slots.spans);
      const auto got_slots = shown(turn.slots.text, tagger.tag(turn.slots.text, context));
      slots.add(want_slots, got_slots);
      report.add({.id = id + "/slots",
                  .input = turn.slots.text,
                  .expected = joined(want_slots),
                  .got = joined(got_slots),
                  .is_right = want_slots == got_slots});
      report.cases += 1;
    }
    if (input.progress) input.progress(static_cast<double>(left_out + 1) / static_cast<double>(folds.size()));
  }
  report.figures = {{.name = "intents_f1", .value = intents.f1()},
                    {.name = "intents_precision", .value = intents.precision()},
                    {.name = "intents_recall", .value = intents.recall()},
                    {.name = "slots_f1", .value = slots.f1()},
                    {.name = "slots_precision", .value = slots.precision()},
                    {.name = "slots_recall", .value = slots.recall()}};
  return report;
}

}  // namespace offhook::eval
