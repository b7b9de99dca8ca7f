#include <algorithm>
#include <chrono>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/csv.hpp"
#include "brain/identify/identification.hpp"
#include "eval/all_suites.hpp"
#include "eval/data_files.hpp"

// PolyAI-LDN/evi-paper: callers answer for postcode, name and date of birth, three times each; what a recogniser made
// of it; and the people on record.
namespace offhook::eval {
namespace {

namespace identify = brain::identify;
using identify::Item;

struct Call {
  std::string scenario;
  // [attempt][item]
  std::vector<std::vector<std::vector<std::string>>> heard =
      std::vector(3, std::vector<std::vector<std::string>>(identify::kItems));
};

std::optional<Item> item_of(std::string_view name) {
  if (name == "postcode") return Item::postcode;
  if (name == "name") return Item::name;
  if (name == "dob") return Item::date_of_birth;
  return std::nullopt;
}

std::optional<std::size_t> column(const std::vector<std::string>& head, std::string_view name) {
  const auto found = std::ranges::find(head, name);
  if (found == head.end()) return std::nullopt;
  return static_cast<std::size_t>(found - head.begin());
}

Result<std::map<std::string, Call>> read_calls(const std::filesystem::path& path) {
  auto text = read_data_file(path);
  if (!text) return fail(text);
  const auto rows = read_csv_rows(*text, '\t');
  const auto bad = [&] { return fail(ErrorKind::invalid_argument, path.string() + ": a column is missing"); };
  if (rows.empty()) return bad();
  const auto id = column(rows[0], "dialogue_id");
  const auto scenario = column(rows[0], "scenario_id");
  const auto item_column = column(rows[0], "item");
  const auto attempt = column(rows[0], "attempt_num");
  const auto nbest = column(rows[0], "nbest");
  if (!id || !scenario || !item_column || !attempt || !nbest) return bad();
  std::map<std::string, Call> calls;
  for (const auto& row : std::span(rows).subspan(1)) {
    if (row.size() <= *nbest) continue;
    const auto item = item_of(row[*item_column]);
    if (!item || row[*attempt].size() != 1 || row[*attempt][0] < '0' || row[*attempt][0] > '2') continue;
    Call& call = calls[row[*id]];
    call.scenario = row[*scenario];
    auto& hypotheses = call.heard[static_cast<std::size_t>(row[*attempt][0] - '0')][static_cast<std::size_t>(*item)];
    const auto list = parse_json(row[*nbest]);
    if (!list || !list->is_array()) continue;
    for (const auto& each : list->as_array()) {
      if (const auto* hypothesis = each.if_string()) hypotheses.emplace_back(*hypothesis);
    }
  }
  return calls;
}

struct Records {
  std::vector<identify::Person> people;
  std::vector<std::string> ids;
};

Result<Records> read_records(const std::filesystem::path& path) {
  auto text = read_data_file(path);
  if (!text) return fail(text);
  const auto rows = read_csv_rows(*text, ',');
  Records records;
  const auto id = rows.empty() ? std::nullopt : column(rows[0], "scenario_id");
  const auto postcode = rows.empty() ? std::nullopt : column(rows[0], "postcode");
  const auto name = rows.empty() ? std::nullopt : column(rows[0], "name");
  const auto born = rows.empty() ? std::nullopt : column(rows[0], "dob");
  if (!id || !postcode || !name || !born)
    return fail(ErrorKind::invalid_argument, path.string() + ": a column is missing");
  for (const auto& row : std::span(rows).subspan(1)) {
    if (row.size() <= std::max({*id, *postcode, *name, *born})) continue;
    records.people.push_back({.postcode = row[*postcode], .name = row[*name], .date_of_birth = row[*born]});
    records.ids.push_back(row[*id]);
  }
  return records;
}

struct Result3 {
  std::size_t right = 0, wrong = 0;
};

}  // namespace

Result<Report> run_evi(const SuiteInput& input) {
  auto calls = read_calls(input.data / "evi" / "dialogues.en.tsv");
  if (!calls) return fail(calls);
  auto records = read_records(input.data / "evi" / "records.en.csv");
  if (!records) return fail(records);
  // Everybody on record, and the same without half of them: callers of that half are strangers to it.
  const identify::Directory directory(records->people);
  std::vector<identify::Person> half;
  std::vector<std::string> half_ids;
  for (std::size_t i = 0; i < records->people.size(); i += 2) {
    half.push_back(records->people[i]);
    half_ids.push_back(records->ids[i]);
  }
  const identify::Directory half_directory(half);
  Report report{.suite = "evi"};
  std::array<Result3, identify::Identification::kMostAttempts> after{};
  std::size_t strangers = 0;
  std::size_t strangers_taken = 0;
  double spent_ms = 0;
  std::size_t answers = 0;
  for (const auto& [id, call] : *calls) {
    ++report.cases;
    identify::Identification asked(directory);
    identify::Identification::Decision decision;
    bool is_decided = false;
    for (std::size_t attempt = 0; attempt < call.heard.size(); ++attempt) {
      for (std::size_t item = 0; item < identify::kItems && !is_decided; ++item) {
        const auto begin = std::chrono::steady_clock::now();
        asked.hear(static_cast<Item>(item), call.heard[attempt][item]);
        spent_ms += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
        ++answers;
      }
      if (!is_decided) {
        decision = asked.decide();
        is_decided = decision.outcome == identify::Identification::Outcome::identified;
      }
      if (!is_decided) continue;
      (records->ids[decision.person] == call.scenario ? after[attempt].right : after[attempt].wrong) += 1;
    }
    const std::string got = is_decided ? records->ids[decision.person] : std::string("nobody");
    std::string heard;
    for (const auto& attempt : call.heard) {
      for (const auto& item : attempt)
        heard += (heard.empty() ? "" : " | ") + (item.empty() ? std::string("-") : item.front());
    }
    report.add(
        {.id = id, .input = std::move(heard), .expected = call.scenario, .got = got, .is_right = got == call.scenario});
    if (std::ranges::find(half_ids, call.scenario) == half_ids.end()) {
      ++strangers;
      identify::Identification stranger(half_directory);
      for (std::size_t attempt = 0; attempt < call.heard.size(); ++attempt) {
        for (std::size_t item = 0; item < identify::kItems; ++item)
          stranger.hear(static_cast<Item>(item), call.heard[attempt][item]);
        if (stranger.decide().outcome != identify::Identification::Outcome::identified) continue;
        ++strangers_taken;
        break;
      }
    }
    if (input.progress) input.progress(double(report.cases) / double(calls->size()));
  }
  const auto share = [&](std::size_t count, std::size_t of) { return of == 0 ? 0 : double(count) / double(of); };
  report.figures = {
      {.name = "identified_in_1", .value = share(after[0].right, report.cases)},
      {.name = "identified_in_2", .value = share(after[1].right, report.cases)},
      {.name = "identified_in_3", .value = share(after[2].right, report.cases), .target = 0.80},
      {.name = "false_in_1", .value = share(after[0].wrong, report.cases)},
      {.name = "false_in_3", .value = share(after[2].wrong, report.cases), .target = 0.02, .is_limit = true},
      {.name = "strangers_taken_for_somebody", .value = share(strangers_taken, strangers)},
      {.name = "ms_per_answer", .value = answers == 0 ? 0 : spent_ms / double(answers), .unit = "ms"}};
  return report;
}

}  // namespace offhook::eval
